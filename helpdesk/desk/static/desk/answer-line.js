// A line into a chat goes by the socket that the page has open: it is with the customer sooner. What is refused there, or not
// confirmed in time, goes by the form under the same id, so that nothing is stored twice.

const PATIENCE = 4000;
const LONGEST = 20000; // characters: the server takes no larger frames
const waiting = new Map(); // client_uuid -> who wants to know

/** Whether the composer holds no more than a line. The server looks again. */
export function isLine({ form, text, kind }, submitter) {
  const way = form.querySelector("[name=way]:checked");
  const isChat = way ? way.id === "way-webchat" : form.elements.channel.value === "webchat";
  const isMore = submitter?.name || form.elements.files.files.length || form.querySelector("[name=macro_reply], [role=alert], [data-preview][aria-pressed=true]");
  return isChat && kind === "reply" && !isMore && text.value.length < LONGEST;
}

/** False where there is no socket. `heard` is called once: with the server's words, or without any where it did not take it. */
export function sayAnswer(ticket, answer, heard) {
  const said = new CustomEvent("desk:answer", { detail: { ticket, answer }, cancelable: true });
  if (document.dispatchEvent(said)) return false; // whoever has a socket takes the event for its own
  waiting.set(answer.client_uuid, heard);
  setTimeout(() => hear(answer.client_uuid), PATIENCE);
  return true;
}

export function hear(uuid, news) {
  const heard = waiting.get(uuid);
  waiting.delete(uuid);
  heard?.(news);
}

/** The socket is gone, and with it every answer to what was said. */
export const cutOff = () => [...waiting.keys()].forEach((uuid) => hear(uuid));
