// <phone-file>: the clip in the pretend phone. Shows the name of the chosen file, which the hidden field would hide.
class PhoneFile extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", this);
  }

  handleEvent(event) {
    this.querySelector("output").textContent = event.target.files[0]?.name ?? "";
  }
}

customElements.define("phone-file", PhoneFile);
