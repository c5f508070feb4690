// esbuild copies these to the assets as they are, and gives their address relative to the script that imports them.
declare module "*.worklet.js" {
  const address: string;
  export = address;
}
