"use strict";
// Makes the page's elements. What a run holds only ever becomes text or the value of a harmless attribute:
// nothing in these files writes markup, and the page's policy would refuse it.

// Characters that a reader cannot see or that reorder what is read; they are shown by their number instead.
const HIDDEN = new RegExp(
  "[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b\\u200e\\u200f\\u2028-\\u202e" +
  "\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\ud800-\\udfff]|[\\u{e0000}-\\u{e007f}]", "gu");

function visible(text) {
  const number = (sign) => "⟨U+" + sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "⟩";
  return String(text).replace(/\r\n/g, "\n").replace(HIDDEN, number);
}

// Makes an element: functions among the attributes listen to the event of their name.
function el(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== undefined && value !== false) made.setAttribute(name, visible(value));
  }
  add(made, children);
  return made;
}

// Appends nodes and texts; lists are opened, and what is empty is left out.
function add(parent, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(parent, child);
    else if (child instanceof Node) parent.append(child);
    else if (child !== undefined && child !== null && child !== "") parent.append(visible(child));
  }
}

function byId(id) {
  return document.getElementById(id);
}

function count(number) {
  return number.toLocaleString("en");
}

function plural(number, word) {
  return count(number) + " " + word + (number === 1 ? "" : "s");
}

function seconds(ms) {
  const whole = ms / 1000;
  if (whole < 100) return whole.toFixed(whole < 10 ? 2 : 1) + " s";
  const minutes = Math.floor(whole / 60);
  const rest = String(Math.floor(whole % 60)).padStart(2, "0");
  if (minutes < 60) return minutes + ":" + rest + " min";
  return Math.floor(minutes / 60) + ":" + String(minutes % 60).padStart(2, "0") + ":" + rest + " h";
}
