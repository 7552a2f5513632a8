// npm run bench: the performance budgets, measured. Prints tables; fails nothing.
import { benchManager } from './managerBench';

async function main(): Promise<void> {
  await benchManager();
}

void main();
