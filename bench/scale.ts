/** `npm run scale [-- --take results.json]`: takes what `npm run bench:distributed -- --json` has measured, and computes `docs/scale.md` anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { format, resolveConfig } from 'prettier';
import { fileURLToPath } from 'node:url';
import { SCALE_PAGE, scalePage } from './scale/page.ts';
import { readUnitCosts, UNIT_COSTS_FILE, withResults } from './scale/unit-costs.ts';

const { take } = new Command('scale')
  .description('Compute docs/scale.md from bench/scale/unit-costs.json.')
  .option('--take <file>', 'put the unit costs of this run of bench:distributed into unit-costs.json first')
  .parse()
  .opts<{ readonly take?: string }>();

if (take !== undefined) {
  const { costs, taken } = withResults(readUnitCosts(), readFileSync(take, 'utf8'));
  const filepath = fileURLToPath(UNIT_COSTS_FILE);
  writeFileSync(filepath, await format(JSON.stringify(costs), { ...(await resolveConfig(filepath)), filepath }));
  console.log(`${taken} unit costs taken.`);
}
writeFileSync(SCALE_PAGE, await scalePage(readUnitCosts()));
console.log('docs/scale.md is written.');
