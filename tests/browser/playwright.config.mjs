// The specs run in the system's Chromium, against the stage that the test `browser` of `gateway-tests` has built. It names the
// browser in CHROMIUM and the stage in STAGE.

import process from 'node:process';

import { defineConfig, devices } from '@playwright/test';

// What a browser does of its own accord has no place in a test; as root it runs in no sandbox.
const SWITCHES = ['--disable-background-networking', '--disable-component-update', '--disable-gpu', '--disable-quic', '--disable-sync', '--no-first-run'];

export default defineConfig({
  testDir: 'specs',
  outputDir: process.env.OUTPUT ?? 'output',
  forbidOnly: true,
  fullyParallel: true,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 10_000 },
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    locale: 'en-US',
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      args: process.getuid?.() === 0 ? [...SWITCHES, '--no-sandbox'] : SWITCHES,
    },
  },
});
