/** <push-switch>: has this browser show notices also while no page of ours is open, and keeps it as a device. */
class PushSwitch extends HTMLElement {
  connectedCallback() {
    const isAble = "serviceWorker" in navigator && "PushManager" in globalThis && "Notification" in globalThis;
    this.show(isAble ? "able" : "unable");
    this.querySelector("button").addEventListener("click", () => this.switchOn());
  }

  /** Permission first: Safari asks for it only in answer to a press. */
  async switchOn() {
    const button = this.querySelector("button");
    button.disabled = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") return this.show("denied");
      await this.subscribe();
      location.reload();
    } catch (error) {
      this.show("failed", error.message);
    } finally {
      button.disabled = false;
    }
  }

  async subscribe() {
    const { key, csrf } = await (await asked(this.dataset.key)).json();
    await navigator.serviceWorker.register(this.dataset.worker, { scope: "/" });
    const { pushManager } = await navigator.serviceWorker.ready;
    const subscription = await subscribed(pushManager, key);
    await asked(this.dataset.devices, {
      method: "POST",
      headers: { "HX-Request": "true", "Content-Type": "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify(subscription),
    });
  }

  show(state, words = "") {
    this.hidden = false;
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    this.querySelector("[data-words]").textContent = words;
  }
}

/** A refusal's words are its error. */
async function asked(address, options = { headers: { "HX-Request": "true" } }) {
  const answer = await fetch(address, options);
  if (!answer.ok) throw new Error(await answer.text());
  return answer;
}

/** One that was made for another pair of keys is of no use to us. */
async function subscribed(manager, key) {
  const options = { userVisibleOnly: true, applicationServerKey: key };
  try {
    return await manager.subscribe(options);
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    await (await manager.getSubscription())?.unsubscribe();
    return manager.subscribe(options);
  }
}

customElements.define("push-switch", PushSwitch);
