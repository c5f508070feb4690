// The part of jsdom that the tests use: @types/jsdom brings the types of a parser and of cookies with it.

declare module "jsdom" {
  export class JSDOM {
    constructor(html: string, options: { readonly url: string });
    readonly window: Window & typeof globalThis;
  }
}
