import { Album } from "./album.js";

const $ = id => document.getElementById(id);
const album = new Album();
let limits = null;

const megabytes = bytes => `${Math.round(bytes / 1048576)} MB`;

function complain(text) {
  $("problem").textContent = text;
  $("problem").hidden = !text;
}

/** What the server would refuse anyway, said before anything is sent. */
function objection(files) {
  if (!limits) return null;
  if (files.length > limits.files) {
    return `These are ${files.length} files, and ${limits.files} are the most at a time: upload them in several parts.`;
  }
  const large = files.find(file => file.size > limits.fileBytes);
  if (large) {
    return `${large.name} is larger than ${megabytes(limits.fileBytes)}: make it smaller first.`;
  }
  if (files.reduce((sum, file) => sum + file.size, 0) > limits.uploadBytes) {
    return `Together these files are larger than ${megabytes(limits.uploadBytes)}: upload them in several parts.`;
  }
  return null;
}

/** Sends what makes an album, and shows it. */
async function begin(path, body) {
  complain("");
  album.expect();
  $("samples").disabled = true;
  try {
    const answer = await fetch(path, { method: "POST", body });
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.detail ?? content.error ?? `The server says ${answer.status}.`);
    history.replaceState(null, "", `#${content.id}`);
    album.show(content.id);
  } catch (failure) {
    album.hide();
    complain(failure instanceof TypeError ? "The upload did not reach the server: is it running? Try again." : failure.message);
  } finally {
    $("samples").disabled = false;
  }
}

function upload(list) {
  const files = [...list];
  if (files.length === 0) return;
  const no = objection(files);
  if (no) {
    complain(no);
    return;
  }
  const form = new FormData();
  files.forEach(file => form.append("files", file));
  begin("albums", form);
}

$("files").addEventListener("change", event => {
  upload(event.target.files);
  event.target.value = "";
});
$("samples").addEventListener("click", () => begin("albums/samples"));

// Files can be dropped anywhere: beside the field, the browser would leave this page for them.
const hasFiles = event => event.dataTransfer?.types.includes("Files");
addEventListener("dragover", event => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dragging");
});
addEventListener("dragleave", event => {
  if (!event.relatedTarget) document.body.classList.remove("dragging");
});
addEventListener("drop", event => {
  document.body.classList.remove("dragging");
  if (!hasFiles(event)) return;
  event.preventDefault();
  upload(event.dataTransfer.files);
});

album.onGone = () => {
  history.replaceState(null, "", location.pathname);
  complain("This album is not here any more, only the latest are: upload its files again.");
};
if (location.hash.length > 1) album.show(location.hash.slice(1));

limits = await (await fetch("limits")).json();
$("limits").textContent = `PNG, JPEG, GIF, BMP or PDF; ${limits.files} files at a time, ${megabytes(limits.fileBytes)} each `
  + `and ${megabytes(limits.uploadBytes)} together; ${limits.pictures} pictures and pages in all.`;
