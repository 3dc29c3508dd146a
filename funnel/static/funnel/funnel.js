// The funnel page: works without this; with it the figures stay fresh and the arrow keys walk the week's map.
import "./report-age.js";
import "./heat-keys.js";

// What the reader has unfolded stays unfolded when the server's page is laid over it.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => name !== "open" || node.localName !== "details";
