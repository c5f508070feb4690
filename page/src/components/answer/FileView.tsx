import { useSignal } from "@preact/signals";
import { Download, ExternalLink, FileText } from "lucide";
import { useEffect } from "preact/hooks";
import { nameOf, previewId, type Shown, shownAs } from "../../api/file-types";
import { getPreview } from "../../api/preview";
import type { AnswerFile } from "../../events/types";
import { sizeText } from "../../i18n/file-text";
import { fill, useWording } from "../../i18n/texts";
import { Icon } from "../../icons/Icon";
import { isWebAddress, mayLoadImage } from "../../store/images";

type Content =
  | { readonly state: "idle" | "loading" | "unavailable" }
  | { readonly state: "ready"; readonly address: string; readonly shown: Shown | null };

/** A file: an image is shown at once, everything else when the person asks for it. */
export function FileView({ file }: { readonly file: AnswerFile }) {
  const isImage = file.type === "image" || shownAs(file.mediaType) === "image";
  if (isImage && file.url !== null && mayLoadImage(file.url)) return <Picture address={file.url} file={file} />;
  return <OwnFile file={file} atOnce={isImage} />;
}

/** A file that is fetched from the gateway, and kept by the page as long as it is shown. */
function OwnFile({ file, atOnce }: { readonly file: AnswerFile; readonly atOnce: boolean }) {
  const wanted = useSignal(atOnce);
  const content = useSignal<Content>({ state: "idle" });
  const id = previewId(file);
  useEffect(() => {
    if (!wanted.value) return;
    const leaving = new AbortController();
    let address: string | null = null;
    content.value = { state: "loading" };
    getPreview(id, leaving.signal).then(
      (blob) => {
        address = URL.createObjectURL(blob);
        content.value = { state: "ready", address, shown: shownAs(blob.type) };
        if (leaving.signal.aborted) URL.revokeObjectURL(address);
      },
      () => {
        content.value = { state: "unavailable" };
      },
    );
    return () => {
      leaving.abort();
      if (address !== null) URL.revokeObjectURL(address);
    };
  }, [id, wanted.value]);

  const { value } = content;
  if (value.state === "ready") return <Ready file={file} address={value.address} shown={value.shown} />;
  if (value.state === "unavailable") return <Elsewhere file={file} />;
  return (
    <button
      type="button"
      class={atOnce ? "file picture" : "file"}
      disabled={value.state === "loading"}
      onClick={() => {
        wanted.value = true;
      }}
    >
      <Label file={file} />
    </button>
  );
}

function Ready({
  file,
  address,
  shown,
}: {
  readonly file: AnswerFile;
  readonly address: string;
  readonly shown: Shown | null;
}) {
  const { files } = useWording().texts;
  const name = nameOf(file) ?? files.unnamed;
  switch (shown) {
    case "image":
      return <Picture address={address} file={file} />;
    case "audio":
      // biome-ignore lint/a11y/useMediaCaption: the app has made none.
      return <audio controls src={address} aria-label={name} />;
    case "video":
      // biome-ignore lint/a11y/useMediaCaption: the app has made none.
      return <video controls src={address} aria-label={name} />;
    case "pdf":
      return (
        <a class="file button" href={address} target="_blank" rel="noopener">
          <Label file={file} />
          <Icon of={ExternalLink} />
        </a>
      );
    case null:
      return (
        <a class="file button" href={address} download={nameOf(file) ?? "file"} aria-label={fill(files.save, { name })}>
          <Label file={file} />
          <Icon of={Download} />
        </a>
      );
  }
}

function Picture({ address, file }: { readonly address: string; readonly file: AnswerFile }) {
  const { files } = useWording().texts;
  const name = nameOf(file) ?? files.picture;
  return (
    <a class="picture" href={address} target="_blank" rel="noopener noreferrer">
      <img src={address} alt={name} loading="lazy" decoding="async" referrerpolicy="no-referrer" />
    </a>
  );
}

/** A file that the gateway cannot hand out: those of tools are only at the address that Dify has signed for a while. */
function Elsewhere({ file }: { readonly file: AnswerFile }) {
  const { files } = useWording().texts;
  if (file.url === null || !isWebAddress(file.url)) {
    return (
      <p class="file missing">
        <Label file={file} />
        <small>{files.missing}</small>
      </p>
    );
  }
  return (
    <a class="file button" href={file.url} target="_blank" rel="noopener noreferrer">
      <Label file={file} />
      <small>{new URL(file.url).host}</small>
      <Icon of={ExternalLink} />
    </a>
  );
}

function Label({ file }: { readonly file: AnswerFile }) {
  const { language, texts } = useWording();
  return (
    <>
      <Icon of={FileText} />
      <span class="name" dir="auto">
        {nameOf(file) ?? texts.files.unnamed}
      </span>
      {file.size !== null && <small>{sizeText(file.size, language)}</small>}
    </>
  );
}
