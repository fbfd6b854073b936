/** `tidings moderation …`: what people have reported, and what is decided about it. */
import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { requestSchemas } from '../../../app/control/protocol.ts';
import type { CaseLine, ReportLine, ShownCaseLine, StandingLine } from '../../../app/control/moderation/protocol.ts';
import { VIOLATIONS, type Violation } from '../../../domain/moderation/violations.ts';
import { PROFILE_PARTS, type ProfilePart } from '../../../domain/people/user.ts';
import type { CaseId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { CliContext } from '../../context.ts';
import { personIdOption, positiveNumber } from '../../options.ts';
import { printList } from '../../print-list.ts';

const CASE_HEADINGS = ['CASE', 'SINCE', 'REPORTS', 'VIOLATION', 'APPEALED', 'OUTCOME', 'ABOUT'];
const REPORT_HEADINGS = ['BY', 'AT', 'VIOLATION', 'TEXT'];
const SUSPENDED_HEADINGS = ['PERSON', 'SINCE', 'UNTIL', 'VIOLATION', 'BY'];
const LISTED_DEFAULT = 50;
const EXAMPLE_CASE = 'post:01JPC9BF8GTSV4RRFFQ69G5FAV';
const EXAMPLE_PERSON = '0197f3c2-5b1e-7cc0-8000-4b5f5e1a2d3c';

type PageOptions = { readonly after?: string; readonly limit: number; readonly json?: true };
type Grounds = { readonly violation: Violation; readonly tell?: string };

export function addModerationCommands(program: Command, context: CliContext): void {
  const moderation = program.command('moderation').description('Show what people have reported, hide and restore posts, and suspend people.');
  addLists(moderation, context);
  addShow(moderation, context);
  addPicture(moderation, context);
  addDecisionsAboutPosts(moderation, context);
  addDecisionsAboutPeople(moderation, context);
}

function addLists(moderation: Command, { terminal, connect }: CliContext): void {
  paged(moderation.command('list', { isDefault: true }).description('List what waits for a decision, the first that waits first.'))
    .option('--closed', 'what was decided, in that order')
    .addHelpText('after', '\nExamples:\n  $ npx tidings moderation list\n  $ npx tidings moderation list --closed --limit 10 --json')
    .action(async ({ after, limit, json, closed }: PageOptions & { readonly closed?: true }) => {
      await using client = await connect();
      const status = closed === true ? 'closed' : 'open';
      const items = await Array.fromAsync(client.call('list-cases', { status, limit, ...(after !== undefined && { after }) }));
      await printList(terminal, { items, headings: CASE_HEADINGS, rowOf: caseRowOf, json });
      if (items.length === limit && json !== true) terminal.say(`More: --after '${items.at(-1)?.place ?? ''}'`);
    });
  paged(moderation.command('reports').description('List what people say of a case.').argument('<case>', 'such as post:…', caseArgument))
    .addHelpText('after', `\nExample:\n  $ npx tidings moderation reports ${EXAMPLE_CASE} --reason 'ticket 4711'`)
    .action(async (of: CaseId, { after, limit, json }: PageOptions) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-reports', { case: of, limit, ...(after !== undefined && { after }) }));
      await printList(terminal, { items, headings: REPORT_HEADINGS, rowOf: reportRowOf, json });
      if (items.length === limit && json !== true) terminal.say(`More: --after '${items.at(-1)?.place ?? ''}'`);
    });
  paged(moderation.command('suspended').description('List who is suspended; a suspension until a time is over at that time.'))
    .addHelpText('after', '\nExample:\n  $ npx tidings moderation suspended')
    .action(async ({ after, limit, json }: PageOptions) => {
      await using client = await connect();
      const items = await Array.fromAsync(client.call('list-suspended', { limit, ...(after !== undefined && { after }) }));
      await printList(terminal, { items, headings: SUSPENDED_HEADINGS, rowOf: suspendedRowOf, json });
      if (items.length === limit && json !== true) terminal.say(`More: --after '${items.at(-1)?.place ?? ''}'`);
    });
}

const paged = (command: Command): Command =>
  command
    .option('--after <place>', 'those behind the last of the page before')
    .option('--limit <lines>', 'at most this many', positiveNumber, LISTED_DEFAULT)
    .option('--json', 'print one JSON object a line');

function addShow(moderation: Command, { terminal, connect }: CliContext): void {
  moderation
    .command('show')
    .description('Show a case with what was reported, hidden or not.')
    .argument('<case>', 'such as post:…, message:…, person:… or media:…', caseArgument)
    .option('--json', 'print it as one JSON object')
    .addHelpText('after', `\nExample:\n  $ npx tidings moderation show ${EXAMPLE_CASE} --reason 'ticket 4711'`)
    .action(async (of: CaseId, { json }: { readonly json?: true }) => {
      await using client = await connect();
      for await (const shown of client.call('show-case', { case: of })) {
        for (const line of json === true ? [JSON.stringify(shown)] : linesOf(shown)) await terminal.print(line);
      }
    });
}

function addPicture(moderation: Command, { terminal, connect }: CliContext): void {
  moderation
    .command('picture')
    .description('Write the picture of a case into a file.')
    .argument('<case>', 'media:<post>:<place>, or person:<id> for the picture of a profile', caseArgument)
    .requiredOption('--out <file>', 'a file that isn’t there yet')
    .addHelpText('after', `\nExample:\n  $ npx tidings moderation picture person:${EXAMPLE_PERSON} --out picture.jpg --reason 'ticket 4711'`)
    .action(async (of: CaseId, { out }: { readonly out: string }) => {
      await using client = await connect();
      const parts: Buffer[] = [];
      let type = '';
      for await (const part of client.call('show-picture', { case: of })) {
        parts.push(Buffer.from(part.bytes, 'base64'));
        ({ type } = part);
      }
      await writeFile(out, Buffer.concat(parts), { flag: 'wx' });
      await terminal.print(`${out}: ${type}, ${parts.reduce((sum, { length }) => sum + length, 0)} bytes.`);
    });
}

function addDecisionsAboutPosts(moderation: Command, { terminal, connect }: CliContext): void {
  grounded(
    moderation.command('hide').description('Hide a post from everybody but its author, who is told why.').argument('<case>', 'such as post:…', caseArgument),
  )
    .addHelpText('after', `\nExample:\n  $ npx tidings moderation hide ${EXAMPLE_CASE} --violation spam --tell 'It sells watches.' --reason 'ticket 4711'`)
    .action(async (of: CaseId, { violation, tell }: Grounds) => {
      await using client = await connect();
      for await (const { outcome } of client.call('hide-post', { case: of, violation, ...(tell !== undefined && { statement: tell }) })) {
        await terminal.print(wordOf(outcome));
      }
    });
  for (const [name, operation, description] of [
    ['restore', 'restore-post', 'Show a hidden post again.'],
    ['dismiss', 'dismiss-case', 'Close a case: nothing is to be done, or what was decided stands.'],
  ] as const) {
    moderation
      .command(name)
      .description(description)
      .argument('<case>', 'such as post:…', caseArgument)
      .addHelpText('after', `\nExample:\n  $ npx tidings moderation ${name} ${EXAMPLE_CASE}`)
      .action(async (of: CaseId) => {
        await using client = await connect();
        for await (const { outcome } of client.call(operation, { case: of })) await terminal.print(wordOf(outcome));
      });
  }
}

function addDecisionsAboutPeople(moderation: Command, { terminal, connect }: CliContext): void {
  grounded(
    moderation.command('suspend').description('Let a person write nothing, until a time or until it is lifted.').argument('<person>', 'the id', personIdOption),
  )
    .option('--until <time>', 'such as 2027-01-31T12:00:00Z; absent: until it is lifted', timeOption)
    .option('--case <case>', 'what it is for; it is closed', caseArgument)
    .addHelpText(
      'after',
      `\nExample:\n  $ npx tidings moderation suspend ${EXAMPLE_PERSON} --violation spam --until 2027-01-31T12:00:00Z --reason 'ticket 4711'`,
    )
    .action(async (person: PersonId, { violation, tell, until, case: of }: Grounds & { readonly until?: Instant; readonly case?: CaseId }) => {
      await using client = await connect();
      const decision = {
        person,
        violation,
        ...(tell !== undefined && { statement: tell }),
        ...(until !== undefined && { until }),
        ...(of !== undefined && { case: of }),
      };
      for await (const { outcome } of client.call('suspend-person', decision)) await terminal.print(wordOf(outcome));
    });
  moderation
    .command('clear')
    .description('Take away what a person says of themselves; they are told, and may choose something else.')
    .argument('<person>', 'the id', personIdOption)
    .addOption(new Option('--part <part...>', 'what is taken away').choices(PROFILE_PARTS).makeOptionMandatory())
    .addHelpText('after', `\nExample:\n  $ npx tidings moderation clear ${EXAMPLE_PERSON} --part name picture --reason 'ticket 4711'`)
    .action(async (person: PersonId, { part: parts }: { readonly part: ProfilePart[] }) => {
      await using client = await connect();
      for await (const { outcome } of client.call('clear-profile', { person, parts })) await terminal.print(wordOf(outcome));
    });
  moderation
    .command('lift')
    .description('Let a person who is suspended write again.')
    .argument('<person>', 'the id', personIdOption)
    .addHelpText('after', `\nExample:\n  $ npx tidings moderation lift ${EXAMPLE_PERSON}`)
    .action(async (person: PersonId) => {
      await using client = await connect();
      for await (const { outcome } of client.call('lift-suspension', { person })) await terminal.print(wordOf(outcome));
    });
}

const grounded = (command: Command): Command =>
  command
    .addOption(new Option('--violation <kind>', 'what it is, which the person is told').choices(VIOLATIONS).makeOptionMandatory())
    .option('--tell <text>', 'what the person is told beside it');

const wordOf = (outcome: 'appended' | 'unchanged'): string => (outcome === 'appended' ? 'Done.' : 'It was so already.');

function caseArgument(text: string): CaseId {
  const parsed = requestSchemas['show-case'].shape.case.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be a case, such as post:<id>, message:<channel>:<seq>, person:<id> or media:<post>:<place>.');
  return parsed.data;
}

function timeOption(text: string): Instant {
  const parsed = requestSchemas['suspend-person'].shape.until.unwrap().safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError('It must be a time such as 2027-01-31T12:00:00Z.');
  return parsed.data;
}

const caseRowOf = ({ case: of, since, reports, violation, appealedAt, outcome, about }: CaseLine): readonly (string | number)[] => [
  of,
  since,
  reports,
  violation ?? '-',
  appealedAt ?? '-',
  outcome ?? '-',
  about,
];

const reportRowOf = ({ by, at, violation, text }: ReportLine): readonly string[] => [by, at, violation, text ?? '-'];

const suspendedRowOf = ({ person, at, until, violation, by }: StandingLine): readonly string[] => [person, at, until ?? '-', violation ?? '-', by];

function linesOf({ case: of, known, content }: ShownCaseLine): readonly string[] {
  const { status = 'none', reports = 0, violation = null, outcome = null, by = null, appeal = null } = known ?? {};
  const decided = outcome === null ? [] : [`decided: ${outcome}, by ${by ?? 'nobody known'}`];
  const shown = content === null ? ['There is nothing of it any more.'] : [`${content.name ?? content.by}: ${content.text ?? '(no text)'}`];
  return [
    `${of}: ${status}, ${reports} reports, ${violation ?? 'no violation named'}`,
    ...decided,
    ...(appeal === null ? [] : [`appeal: ${appeal}`]),
    ...shown,
  ];
}
