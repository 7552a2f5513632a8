// npm run bench [-- managers|budgets]: the performance budgets, measured. Prints tables; fails nothing.
import { benchBudgets } from './budgets';
import { benchManager } from './managerBench';

async function main(which: string | undefined): Promise<void> {
  if (which !== 'budgets') await benchManager();
  if (which !== 'managers') await benchBudgets();
}

void main(process.argv[2]);
