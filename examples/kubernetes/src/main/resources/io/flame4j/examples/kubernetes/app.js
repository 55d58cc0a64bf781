"use strict";

const state = document.getElementById("state");

async function thumbnail(picture) {
  const response = await fetch("/thumbnails", {method: "POST", body: picture});
  if (!response.ok) {
    throw new Error(await response.text());
  }
}

async function sample(number) {
  const response = await fetch(`/samples/${number}`);
  if (!response.ok) {
    throw new Error(await response.text());
  }
  await thumbnail(await response.blob());
}

async function make(pictures) {
  state.textContent = "Working; the first picture waits for a runner …";
  const results = await Promise.allSettled(pictures);
  const failed = results.filter((result) => result.status === "rejected");
  if (failed.length === 0) {
    location.reload();
  } else {
    state.textContent = `${failed.length} of ${results.length} failed: ${failed[0].reason.message}`;
  }
}

document.getElementById("samples").addEventListener("click", () => {
  make(Array.from({length: 12}, (_, index) => sample(index + 1)));
});

document.getElementById("file").addEventListener("change", (event) => {
  make(Array.from(event.target.files, thumbnail));
});
