import * as vscode from 'vscode';
import type { TtlOrigin } from '../connection/nodes';
import { failureLabel } from './failureWording';
import { duration } from './times';

/** How long copies count as fresh, and who says so. */
export function ttlPhrase({ ms, origin }: { readonly ms: number; readonly origin: TtlOrigin }): string {
  const length = duration(ms);
  switch (origin.from) {
    case 'setting':
      return vscode.l10n.t('TTL {0} (setting).', length);
    case 'node':
      return vscode.l10n.t('TTL {0} ({1}).', length, origin.node);
    case 'default':
      return origin.because === 'noNode'
        ? vscode.l10n.t('TTL {0} (default).', length)
        : vscode.l10n.t('TTL {0} (default, nodes: {1}).', length, failureLabel(origin.because));
  }
}
