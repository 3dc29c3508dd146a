"""Who gets which ticket. `rules` say where a new one goes, `engine` gives what waits there to whoever can take it."""
