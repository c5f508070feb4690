import { gateway } from "../api/document";
import { site } from "../store/app";

/** The app's icon: an image, or an emoji on a colour. */
export function AppIcon() {
  if (gateway.settings.icon !== null) return <img class="app-icon" src={gateway.settings.icon} alt="" />;
  const icon = site.value;
  if (icon?.icon_type !== "emoji" || !icon.icon) return null;
  return (
    <span
      class="app-icon"
      aria-hidden="true"
      ref={(element) => element?.style.setProperty("background", icon.icon_background ?? "")}
    >
      {icon.icon}
    </span>
  );
}
