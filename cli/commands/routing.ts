/** `tidings routing …`: which vendors serve which deliveries, and plugging them in and out. */
import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, type Command } from 'commander';
import { requestSchemas, type OperationRequest, type RoutingLine } from '../../app/control/protocol.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';

type Rules = OperationRequest<'set-routing'>['rules'];

export function addRoutingCommands(program: Command, { terminal, connect }: CliContext): void {
  const routing = program.command('routing').description('Show and change which vendors serve which deliveries.');
  const print = async (lines: AsyncIterable<RoutingLine>) => {
    for await (const line of lines) await terminal.print(JSON.stringify(line, undefined, 2));
  };
  routing
    .command('show', { isDefault: true })
    .description('Print the rules and the accounts that are plugged out, as JSON.')
    .addHelpText(
      'after',
      '\nWithout a rule that fits, all vendors of a channel serve it in the order of their settings.\n\nExample:\n  $ npx tidings routing show',
    )
    .action(async () => {
      await using client = await connect();
      await print(client.call('show-routing', {}));
    });

  routing
    .command('set')
    .description('Set the rules, in place of all before.')
    .argument('<file>', 'a JSON file with a list of rules', String)
    .addHelpText(
      'after',
      `
The first rule that fits a delivery decides: by channel, and by platform and country where it names any. Its vendors share the
deliveries by weight; those without one serve what the others can’t.

  [{ "channel": "sms", "countries": ["DE"], "vendors": [{ "vendor": "twilio-eu", "weight": 3 }, { "vendor": "vonage", "weight": 1 }] }]

Example:
  $ npx tidings routing set rules.json`,
    )
    .action(async (file: string) => {
      const rules = await readRules(file);
      await using client = await connect();
      await print(client.call('set-routing', { rules }));
    });

  for (const plug of ['in', 'out'] as const)
    routing
      .command(`plug-${plug}`)
      .description(plug === 'out' ? 'Give nothing to an account any more; what waits for it goes to others.' : 'Give deliveries to an account again.')
      .argument('<account>', 'its name, such as twilio-eu', accountName)
      .addHelpText('after', `\nProcesses that run follow within a second.\n\nExample:\n  $ npx tidings routing plug-${plug} twilio-eu`)
      .action(async (vendor: string) => {
        await using client = await connect();
        await print(client.call('plug-vendor', { vendor, plug }));
      });
}

function accountName(text: string): string {
  const { success } = requestSchemas['plug-vendor'].shape.vendor.safeParse(text);
  if (!success) throw new InvalidArgumentError('It must be the name of an account.');
  return text;
}

async function readRules(file: string): Promise<Rules> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CliFailure(EXIT.usage, `${file} can’t be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    return requestSchemas['set-routing'].shape.rules.parse(JSON.parse(text));
  } catch {
    throw new CliFailure(EXIT.usage, `${file} is no JSON list of rules; \`npx tidings routing set --help\` shows one.`);
  }
}
