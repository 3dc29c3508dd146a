// What the settings screens add to plain forms: copying, and rows that come and go.
import "./copy-text.js";
import "./row-list.js";
