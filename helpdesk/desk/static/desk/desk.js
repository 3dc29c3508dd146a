// The desk. Each module starts with its element and stops with it; htmx swaps them in and out.
import "./facts.js";
import "./failures.js";
import "./fold-away.js";
import "./hot-keys.js";
import "./panes.js";
import "./pane-width.js";
import "./next-ticket.js";
import "./palette.js";
import "./one-ticket.js";
import "./desk-dialog.js";
import "./search-hints.js";
import "./recipients-line.js";
import "./thread-log.js";
import "./reply-composer.js";
import "./undo-window.js";
import "./desk-live.js";
