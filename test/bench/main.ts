// npm run bench [-- managers|--kubelet|budgets|large|thousands]: the performance budgets, measured. Prints tables.
// `--kubelet` measures the managers beside the kubelet's own. It, `large` and `thousands`, which takes five minutes, run
// only when they are named; the last two fail when a budget is not kept.
import { benchBudgets } from './budgets';
import { benchLarge } from './large';
import { benchManager } from './managerBench';
import { benchThousands, thousandsRole } from './thousands';
import { serveThousands } from './thousandsClient';

async function main(which: string | undefined, argument: string | undefined): Promise<void> {
  switch (which) {
    case thousandsRole:
      await serveThousands(argument ?? '');
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
