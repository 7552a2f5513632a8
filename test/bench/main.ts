// npm run bench [-- managers|--kubelet|budgets|large|thousands|watches]: the performance budgets, measured. Prints tables.
// `--kubelet` measures the managers beside the kubelet's own. It, `large`, `watches` and `thousands`, which takes some
// minutes, run only when they are named; all but the first fail when a budget is not kept.
import { benchBudgets } from './budgets';
import { benchLarge } from './large';
import { benchManager } from './managerBench';
import { benchThousands, thousandsRole } from './thousands';
import { serveThousands } from './thousandsClient';
import { benchWatches, watchesRole } from './watches';
import { serveWatches } from './watchesClient';

async function main(which: string | undefined, argument: string | undefined): Promise<void> {
  switch (which) {
    case thousandsRole:
      await serveThousands(argument ?? '');
      return;
    case watchesRole:
      await serveWatches(argument ?? '');
      return;
    case 'watches':
      await benchWatches();
      return;
    case 'large':
      await benchLarge();
      return;
    case 'thousands':
      await benchThousands(Number(argument ?? 60));
      return;
    case '--kubelet':
      await benchManager(true);
      return;
    default:
      if (which !== 'budgets') await benchManager(false);
      if (which !== 'managers') await benchBudgets();
  }
}

void main(process.argv[2], process.argv[3]);
