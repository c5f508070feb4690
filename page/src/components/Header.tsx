import "./Header.css";
import { title } from "../store/app";
import { AccountMenu } from "./AccountMenu";
import { AppIcon } from "./AppIcon";

/** The app on one side, the person on the other. */
export function Header() {
  return (
    <header class="header">
      <AppIcon />
      <h1>{title.value}</h1>
      <AccountMenu />
    </header>
  );
}
