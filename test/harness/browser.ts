import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { runTool } from './processes';

export interface WindowOptions {
  readonly width: number;
  readonly height: number;
  /** Device pixels a CSS pixel; 1 without it. */
  readonly scale?: number;
  /** Called before the page is loaded, such as to expose functions to it. */
  readonly prepare?: (page: Page) => Promise<void>;
  /** Gets a line for each thing that takes time. */
  readonly say?: (line: string) => void;
}

/** A browser of its own with one page. */
export interface BrowserWindow {
  readonly page: Page;
  /** Where the browser keeps what pages store, VS Code's own state of the window among it. */
  readonly profileFolder: string;
  readonly close: () => Promise<void>;
}

/** Opens the address in a fresh headless browser, without waiting for more than the page itself. */
export async function openWindow(url: string, options: WindowOptions): Promise<BrowserWindow> {
  const executablePath = await findBrowser(options.say ?? (() => undefined));
  const folder = await mkdtemp(path.join(os.tmpdir(), 'kubefresh-browser-'));
  const context = await chromium.launchPersistentContext(folder, {
    executablePath,
    headless: true,
    viewport: { width: options.width, height: options.height },
    deviceScaleFactor: options.scale ?? 1,
    permissions: ['clipboard-read', 'clipboard-write'],
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
    ],
  });
  const close = async (): Promise<void> => {
    await context.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await options.prepare?.(page);
    await page.goto(url);
    return { page, profileFolder: folder, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Answers the path of a Chromium or Chrome: CHROME_PATH or PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH, one on the PATH,
 * Playwright's own download, or Debian's package, which root can install. Throws, saying what to do, when there is none.
 */
export async function findBrowser(say: (line: string) => void): Promise<string> {
  for (const variable of ['CHROME_PATH', 'PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH']) {
    const file = process.env[variable] ?? '';
    if (file === '') continue;
    if (await isExecutable(file)) return file;
    throw new Error(`${variable} names ${file}, which is not an executable file`);
  }
  const present = (await onPath()) ?? (await downloaded());
  if (present !== undefined) return present;

  const reasons: string[] = [];
  for (const obtain of [download, installPackage]) {
    try {
      const file = await obtain(say);
      if (file !== undefined) return file;
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  throw new Error(
    ['no browser: install Chromium or Chrome, or name one in CHROME_PATH. What was tried:', ...reasons].join('\n'),
  );
}

async function onPath(): Promise<string | undefined> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const applications = [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ];
  for (const file of [...names.flatMap((name) => folders.map((folder) => path.join(folder, name))), ...applications]) {
    if (await isExecutable(file)) return file;
  }
  return undefined;
}

async function downloaded(): Promise<string | undefined> {
  const file = chromium.executablePath();
  return (await isExecutable(file)) ? file : undefined;
}

async function download(say: (line: string) => void): Promise<string | undefined> {
  say('Downloading Chromium with Playwright');
  const cli = path.join(process.cwd(), 'node_modules', 'playwright-core', 'cli.js');
  await runTool(process.execPath, [cli, 'install', 'chromium']);
  return downloaded();
}

async function installPackage(say: (line: string) => void): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !(await isExecutable('/usr/bin/apt-get'))) {
    throw new Error("Debian's package can be installed only by root on Debian");
  }
  say("Installing Debian's chromium");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  await runTool('apt-get', [...lock, 'update'], { env });
  await runTool('apt-get', [...lock, 'install', '-y', '--no-install-recommends', 'chromium'], { env });
  return onPath();
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
