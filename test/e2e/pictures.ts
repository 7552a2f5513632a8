// node test/run.mjs test/e2e/pictures.ts: makes the pictures of the README, media/sidebar.png and media/hover.png.
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { sampleRole } from '../harness/sampleCluster';
import type { KubeObject } from '../harness/kubeObjects';
import { waitFor } from '../harness/waiting';
import {
  editorHover,
  editorToken,
  expandRow,
  goToLine,
  hoverText,
  openFile,
  openKubefreshSideBar,
  pressRowButton,
  resizeSideBar,
  untilBadge,
  untilText,
  viewMessage,
  viewRow,
} from '../harness/workbench';
import { type Scene, startScene } from './scene';

const user = 'dev';
const width = 460;

/** The role of `dev`, but that it may read nearly all that the pods of `shop` refer to. */
function role(readable: readonly string[]): readonly KubeObject[] {
  return sampleRole('shop').map((object) => {
    if (object.kind !== 'Role') return object;
    const rule = (resource: string, verbs: readonly string[], names?: readonly string[]): object => ({
      apiGroups: [''],
      resources: [resource],
      verbs,
      ...(names === undefined ? {} : { resourceNames: names }),
    });
    const rules = [
      rule('pods', ['get', 'list', 'watch']),
      rule('secrets', ['get'], readable),
      rule('configmaps', ['get'], ['app-settings', 'cart-limits', 'orders-topics', 'web-nginx', 'web-overrides']),
    ];
    return { ...object, rules };
  });
}

const readable = ['api-token', 'cart-redis', 'db-credentials', 'orders-signing', 'search-index', 'smtp-login'];

async function main(): Promise<void> {
  const scene = await startScene({
    users: [{ name: user }],
    kubeconfig: (server) => server.kubeconfig({ user, namespace: 'shop', context: 'staging' }),
    prepare: (server) => server.apply(role(readable)),
    settings: { 'editor.minimap.enabled': false, 'breadcrumbs.enabled': false, 'editor.hover.above': false },
    width: 1300,
    height: 868,
    scale: 2,
  });
  try {
    // Only a window in a browser says whose kubeconfig it reads; readers will have another.
    await scene.page.addStyleTag({
      content: '.part.sidebar .split-view-view:first-child .pane .message { display: none !important; }',
    });
    await openKubefreshSideBar(scene.page);
    await resizeSideBar(scene.page, width);
    await sidebarPicture(scene);
    await hoverPicture(scene.page);
  } finally {
    await scene.stop();
  }
}

async function sidebarPicture({ page, server }: Scene): Promise<void> {
  const object = (name: string): Locator => viewRow(page, 'Secrets & ConfigMaps', new RegExp(`^${name}`));
  await untilText(viewMessage(page, 'Secrets & ConfigMaps'), /Last pass/);
  for (const deployment of ['cart', 'notifications', 'web']) {
    await expandRow(viewRow(page, 'Pods', new RegExp(`^${deployment}(Deployment|\\d)`)), false);
  }
  await server.remove('/api/v1/namespaces/shop/secrets/smtp-login');
  await server.apply(role(readable.filter((name) => name !== 'api-token')));
  await waitFor(
    async () => {
      await pressRowButton(object('api-token'), 'Refresh');
      return untilBadge(object('api-token'), '!', 2000).then(
        () => true,
        () => undefined,
      );
    },
    { what: 'the role to be narrower', limitMs: 30_000 },
  );
  await pressRowButton(object('smtp-login'), 'Refresh');
  await untilBadge(object('smtp-login'), '✗');
  await expandRow(viewRow(page, 'Pods', /^orders-\w+-b4j7s/));
  await expandRow(viewRow(page, 'Pods', /^search-\w+-d2f7w/));
  await page.keyboard.press('Escape');
  await expandRow(object('db-credentials'));
  await untilBadge(viewRow(page, 'Pods', /^search-index/), '✗');
  await untilBadge(object('db-credentials'), '✓');
  await untilBadge(object('registry-pull'), '⊘');
  await letGo(page);
  await page.locator('.part.sidebar').screenshot({ path: file('sidebar.png') });
}

async function hoverPicture(page: Page): Promise<void> {
  await openFile(page, 'web-deployment.yaml');
  await page.keyboard.press('Control+b');
  await page.locator('.part.sidebar').waitFor({ state: 'hidden' });
  await goToLine(page, 74);
  await hoverText(page, 'password');
  const [token, hover] = [await editorToken(page, 'password').boundingBox(), await editorHover(page).boundingBox()];
  if (token === null || hover === null) throw new Error('the hover is gone');
  const editor = await page.locator('.part.editor .editor-instance').boundingBox();
  const left = editor?.x ?? 0;
  const lines = 20 * 4;
  const top = Math.min(hover.y, token.y) - lines;
  const bottom = Math.max(hover.y + hover.height, token.y + token.height) + lines;
  const clip = { x: left, y: top, width: hover.x + hover.width + 40 - left, height: bottom - top };
  await page.screenshot({ path: file('hover.png'), clip });
}

/** Takes mouse and focus off the rows, whose colours and buttons would be those of a row in use. */
async function letGo(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await page.mouse.move(900, 450);
  await page.locator('.notification-toast').first().waitFor({ state: 'detached', timeout: 30_000 });
}

function file(name: string): string {
  return path.join(process.cwd(), 'media', name);
}

void main();
