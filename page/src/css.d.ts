// esbuild takes these out of the script and into the style beside it.
declare module "*.css";
