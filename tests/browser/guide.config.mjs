// The examples of `docs/frontend.md` in Chromium; `tests/gateway/tests/browser/frontend.rs` has built the stage.

import base from './playwright.config.mjs';

export default { ...base, testDir: 'guide' };
