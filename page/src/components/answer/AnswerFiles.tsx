import "./AnswerFiles.css";
import type { AnswerFile } from "../../events/types";
import { useWording } from "../../i18n/texts";
import { FileView } from "./FileView";

/** The files that the app has made. */
export function AnswerFiles({ files }: { readonly files: readonly AnswerFile[] }) {
  const { texts } = useWording();
  const own = files.filter((file) => file.belongsTo === "assistant");
  if (own.length === 0) return null;
  return (
    <ul class="answer-files" aria-label={texts.files.label}>
      {own.map((file) => (
        <li key={file.id}>
          <FileView file={file} />
        </li>
      ))}
    </ul>
  );
}
