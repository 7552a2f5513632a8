import { writeFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { stringify } from 'yaml';
import { openKubefreshSideBar, statusBarItem, toast } from '../harness/workbench';
import { describeWindow, writeWorkspaceSettings } from './scene';

const setting = 'kubefresh.context';

/** Contexts whose server is away. The status bar names the one that is used all the same. */
function kubeconfig(contexts: readonly string[]): string {
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'away', cluster: { server: 'https://127.0.0.2:1' } }],
    users: [{ name: 'somebody', user: { token: 'none' } }],
    contexts: contexts.map((name) => ({ name, context: { cluster: 'away', user: 'somebody' } })),
    'current-context': contexts[0],
  });
}

async function untilUsed(page: Page, context: string): Promise<void> {
  await statusBarItem(page, `${context}: no answer since`).waitFor();
}

/** Answers the question, until which the context counts that the user has without the workspace. */
async function answer(page: Page, value: string, button: 'Use It' | 'Ignore'): Promise<void> {
  const question = `This workspace sets ${setting} to "${value}". Kubefresh uses it only if you agree.`;
  const shown = toast(page, question);
  await shown.waitFor();
  await untilUsed(page, 'mine');
  await shown.locator('.monaco-button', { hasText: button }).click();
  await shown.waitFor({ state: 'detached' });
}

describeWindow('a workspace that sets a context', { workspaceSettings: { [setting]: 'theirs' } }, (step) => {
  step('is asked about, and the context of the kubeconfig stays if the user ignores it', async ({ page, ...scene }) => {
    await writeFile(scene.kubeconfig, kubeconfig(['mine', 'theirs', 'shared']), { mode: 0o600 });
    await openKubefreshSideBar(page);
    await answer(page, 'theirs', 'Ignore');
    await untilUsed(page, 'mine');
  });

  step('is asked about anew for another value, which counts once the user agrees', async ({ page, workspace }) => {
    await writeWorkspaceSettings(workspace, { [setting]: 'shared' });
    await answer(page, 'shared', 'Use It');
    await untilUsed(page, 'shared');
  });
});
