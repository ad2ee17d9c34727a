// Shows the top of the card when it is about something else: after a tap on a phone, or a row of a list below.
let before = null;

export default function (component) {
  const { shown } = component.data;
  const card = document.querySelector(".st-key-card");
  if (card && shown && before !== null && shown !== before) {
    card.scrollTop = 0;
    const { top } = card.getBoundingClientRect();
    // A card that one sees already stays where it is.
    if (top < 36 || top > window.innerHeight * 0.6) card.scrollIntoView({ block: "start" });
  }
  before = shown;
}
