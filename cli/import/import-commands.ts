/** `tidings import …`: people, posts, follows and channels of other systems. */
import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { importFollows, type FollowsOptions } from './import-follows.ts';
import { importMastodon, type MastodonOptions } from './import-mastodon.ts';
import { importPeople, type PeopleOptions } from './import-people.ts';
import { importSlack, type SlackOptions } from './import-slack.ts';

const AGAIN = 'Nobody is told of what is imported. An import that was interrupted, or is made again, goes on where it was and doubles nothing.';

export function addImportCommands(program: Command, context: CliContext): void {
  const group = program.command('import').description('Import people, and posts, follows and channels of other systems.');
  withCommonOptions(group.command('people'))
    .description('Import the people of a CSV file, without passwords.')
    .argument('<file>', 'has the columns login name and name, and may have about, time zone, language and country')
    .option('--claims <file>', 'write a claim for everybody without a password to this file; with it they choose one')
    .option('--claim-url <address>', 'the page that takes the claim; the file has links to it')
    .addHelpText(
      'after',
      `
${AGAIN}
Claims are good for 30 days and one use. Whoever has one gets the account: send each to its person alone.

Examples:
  $ npx tidings import people people.csv --dry-run
  $ npx tidings import people people.csv --claims claims.csv --claim-url https://example.com/claim`,
    )
    .action((file: string, options: PeopleOptions) => importPeople(context, file, options));
  withCommonOptions(group.command('mastodon'))
    .description('Import the posts of a Mastodon archive, at the time at which they were published there.')
    .argument('<archive>', 'the ZIP file that Mastodon made')
    .requiredOption('--as <login name>', 'whose posts they become')
    .option('--no-pictures', 'without pictures and videos; with them, a process must run that prepares them')
    .addHelpText(
      'after',
      `
${AGAIN}
What was for everybody or for followers is published to everybody or to friends. Boosts and direct messages are left out.

Examples:
  $ npx tidings import mastodon archive.zip --as ann --dry-run
  $ npx tidings import mastodon archive.zip --as ann --json`,
    )
    .action((file: string, options: MastodonOptions) => importMastodon(context, file, options));
  withCommonOptions(group.command('follows'))
    .description('Follow the people of a CSV file, as Mastodon writes it.')
    .argument('<file>', 'has the column Account address, or addresses alone')
    .requiredOption('--as <login name>', 'who follows them')
    .option('--local-domain <domain>', 'addresses of this domain are login names here')
    .addHelpText(
      'after',
      `
${AGAIN}

Examples:
  $ npx tidings import follows following_accounts.csv --as ann
  $ npx tidings import follows following_accounts.csv --as ann --local-domain example.com`,
    )
    .action((file: string, options: FollowsOptions) => importFollows(context, file, options));
  withCommonOptions(group.command('slack'))
    .description('Import the people, channels and messages of a Slack workspace, at the time at which they were written there.')
    .argument('<archive>', 'the ZIP file that Slack made')
    .option('--people <file>', 'a CSV file of those who have an account here, with the columns slack and login name')
    .option('--claims <file>', 'write a claim for everybody without a password to this file; with it they choose one')
    .option('--claim-url <address>', 'the page that takes the claim; the file has links to it')
    .option('--no-files', 'without files, which an archive only has where somebody added them; with them, a process must run that prepares them')
    .addHelpText(
      'after',
      `
${AGAIN}
Private channels and direct messages come where the archive has them. A channel of more than 100 members becomes an announcement channel.
Import the archives of one workspace in the order of their times: no message is put between others.

Examples:
  $ npx tidings import slack export.zip --dry-run
  $ npx tidings import slack export.zip --claims claims.csv --claim-url https://example.com/claim --json`,
    )
    .action((file: string, options: SlackOptions) => importSlack(context, file, options));
}

const withCommonOptions = (command: Command): Command =>
  command.option('--dry-run', 'write nothing, and tell what would be imported').option('--json', 'print one JSON object a line');
