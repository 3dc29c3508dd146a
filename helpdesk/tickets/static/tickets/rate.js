// One click in the mail rates: a browser posts the rating at once. Mail scanners only fetch the link, so they rate nothing.
document.querySelector("form[data-submit-now]")?.requestSubmit();
