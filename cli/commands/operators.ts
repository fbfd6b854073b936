/** `tidings operators …`: who operates this installation, and by which role. */
import { Option, type Command } from 'commander';
import type { IssuedTokenLine, OperatorLine } from '../../app/control/operators/protocol.ts';
import { OPERATOR_ROLES, type OperatorRole } from '../../domain/operators/roles.ts';
import type { CliContext } from '../context.ts';
import type { ControlClient } from '../control-client.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { printList } from '../print-list.ts';

const HEADINGS = ['NAME', 'ROLE', 'ADDED', 'TOKEN FROM', 'ID'];
const ROLES_HELP = `
viewer     looks at the log without personal data, at projections, dead letters, routing, senders, queues, schedules and lists
support    and looks up deliveries, lifts blocks, ends sessions, steers campaigns and schedules, replays webhook messages
moderator  and removes second factors
admin      and everything else`;

type Options = { readonly json?: true };

export function addOperatorsCommands(program: Command, context: CliContext): void {
  const operators = program.command('operators').description('Add operators with roles and tokens of their own, and end them.');
  addAdd(operators, context);
  addList(operators, context);
  addRole(operators, context);
  addRotate(operators, context);
  addRemove(operators, context);
}

function addAdd(operators: Command, { terminal, connect }: CliContext): void {
  operators
    .command('add')
    .description('Add an operator, and show the token, which nothing shows again.')
    .argument('<name>', 'lower-case letters and digits, such as jin.park')
    .addOption(roleOption().makeOptionMandatory())
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `${ROLES_HELP}\n\nExample:\n  $ npx tidings operators add jin.park --role support`)
    .action(async (name: string, { role, json }: Options & { readonly role: OperatorRole }) => {
      await using client = await connect();
      for await (const line of client.call('add-operator', { name, role })) await terminal.print(json === true ? JSON.stringify(line) : issued(line));
    });
}

function addList(operators: Command, { terminal, connect }: CliContext): void {
  operators
    .command('list', { isDefault: true })
    .description('List the operators and their roles.')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExample:\n  $ npx tidings operators list')
    .action(async ({ json }: Options) => {
      await using client = await connect();
      await printList(terminal, { items: await Array.fromAsync(client.call('list-operators', {})), headings: HEADINGS, rowOf, json });
    });
}

function addRole(operators: Command, { terminal, connect }: CliContext): void {
  operators
    .command('role')
    .description('Give an operator another role, from the next request on.')
    .argument('<name>', 'the name, or the id')
    .addArgument(operators.createArgument('<role>', 'the role').choices(OPERATOR_ROLES))
    .option('--json', 'print the result as JSON')
    .addHelpText('after', `${ROLES_HELP}\n\nExample:\n  $ npx tidings operators role jin.park moderator`)
    .action(async (name: string, role: OperatorRole, { json }: Options) => {
      await using client = await connect();
      const { operator } = await operatorNamed(client, name);
      for await (const line of client.call('set-operator-role', { operator, role }))
        await terminal.print(json === true ? JSON.stringify(line) : `${line.name ?? line.operator} is ${line.role} now.`);
    });
}

function addRotate(operators: Command, { terminal, connect }: CliContext): void {
  operators
    .command('rotate')
    .description('Give an operator a new token in place of the old one, which ends at once.')
    .argument('<name>', 'the name, or the id')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  $ npx tidings operators rotate jin.park')
    .action(async (name: string, { json }: Options) => {
      await using client = await connect();
      const { operator } = await operatorNamed(client, name);
      for await (const line of client.call('rotate-operator-token', { operator })) await terminal.print(json === true ? JSON.stringify(line) : issued(line));
    });
}

function addRemove(operators: Command, { terminal, connect }: CliContext): void {
  operators
    .command('remove')
    .description('End an operator. The token is good for nothing from then on; the audit keeps what was done with it.')
    .argument('<name>', 'the name, or the id')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', "\nThis needs --reason.\n\nExample:\n  $ npx tidings operators remove jin.park --reason 'has left the company'")
    .action(async (name: string, { json }: Options) => {
      await using client = await connect();
      const { operator } = await operatorNamed(client, name);
      for await (const line of client.call('remove-operator', { operator })) await terminal.print(json === true ? JSON.stringify(line) : `${name} is removed.`);
    });
}

const roleOption = () => new Option('--role <role>', 'what the operator may do').choices(OPERATOR_ROLES);

async function operatorNamed(client: ControlClient, name: string): Promise<OperatorLine> {
  for await (const line of client.call('list-operators', {})) if (line.name === name || line.operator === name) return line;
  throw new CliFailure(EXIT.failed, `There is no operator ${name}.`);
}

const rowOf = ({ name, role, addedAt, tokenFrom, operator }: OperatorLine) => [name ?? '-', role, addedAt, tokenFrom, operator];

const issued = ({ name, role, token }: IssuedTokenLine): string =>
  token === null
    ? 'The token was shown before; rotate it to get another one.'
    : `${name ?? '-'} is ${role}, with this token, which is not shown again:\n${token}\nSet it as TIDINGS_OPERATOR_TOKEN for the command line, or send it as a bearer token.`;
