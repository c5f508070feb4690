import "./DropTarget.css";
import { signal } from "@preact/signals";
import { texts } from "../i18n/texts";
import { composer, composerRules } from "../store/composer";

/** How deep inside the area the files are that somebody drags: every element tells of its own. */
const depth = signal(0);

/** What makes an element take files that are dropped on it. */
export const dropping = {
  onDragEnter: (event: DragEvent) => {
    if (takes(event)) depth.value += 1;
  },
  onDragLeave: (event: DragEvent) => {
    if (takes(event)) depth.value = Math.max(0, depth.value - 1);
  },
  // Without this the browser would open the file instead of the page.
  onDragOver: (event: DragEvent) => {
    if (hasFiles(event)) event.preventDefault();
  },
  onDrop: (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    depth.value = 0;
    const rules = composerRules.value;
    if (takes(event) && rules !== null) composer.attachments.add(event.dataTransfer?.files ?? [], rules);
  },
};

/** A file that is dropped beside the place for it would open in the page's stead. A field for files takes it itself. */
export function ignoreStrayFiles(): void {
  for (const type of ["dragover", "drop"] as const) {
    addEventListener(type, (event) => {
      if (hasFiles(event) && !(event.target instanceof HTMLInputElement)) event.preventDefault();
    });
  }
}

/** Shows where files can be dropped, while somebody drags some. */
export function DropTarget() {
  if (depth.value === 0) return null;
  return (
    <div class="drop-target" aria-hidden="true">
      {texts.value.files.drop}
    </div>
  );
}

function hasFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes("Files") ?? false;
}

function takes(event: DragEvent): boolean {
  return hasFiles(event) && (composerRules.value?.methods.includes("local_file") ?? false);
}
