/** `tidings import slack`: the people, channels and messages of a workspace's archive. */
import { instant } from '../../domain/shared/instant.ts';
import type { CliContext } from '../context.ts';
import { CliFailure, EXIT } from '../failure.ts';
import { openClaims, type ClaimOptions } from './claims.ts';
import type { ImportOptions } from './import-mastodon.ts';
import { ListFault } from './json-items.ts';
import { createReport } from './report.ts';
import { openSlackArchive } from './slack/archive.ts';
import { conversationsIn, type Conversation } from './slack/conversations.ts';
import { importConversation } from './slack/import-conversation.ts';
import { accountsIn, createSlackPeople } from './slack/people.ts';

export type SlackOptions = ImportOptions &
  ClaimOptions & {
    /** A CSV file of those who have an account here. */
    readonly people?: string;
    readonly files: boolean;
  };

export async function importSlack(context: CliContext, path: string, options: SlackOptions): Promise<void> {
  const { dryRun = false, json = false, files } = options;
  await using archive = await openSlackArchive(path);
  // Files are prepared by workers, and there are none where a folder is only opened.
  await using client = await context.connect(archive.hasFiles && files && !dryRun ? 'running-process' : 'folder');
  await using claims = options.claims === undefined || dryRun ? undefined : await openClaims(options.claims, options.claimUrl);
  const report = createReport(context.terminal, { json, dryRun });
  const accounts = options.people === undefined ? new Map() : await accountsIn(client, options.people);
  const people = createSlackPeople({ client, archive, report, claims, dryRun, accounts });
  try {
    await people.importAll();
    const conversations: Conversation[] = [];
    for await (const conversation of conversationsIn(archive)) {
      if (conversation === undefined) await report.leaveOut('channels.json', 'no-conversation');
      else conversations.push(conversation);
    }
    const titles = new Map(conversations.map(({ id, title }) => [id, title]));
    const names = {
      person: (id: string) => ({ person: people.of(id)?.person, name: people.of(id)?.name }),
      channel: (id: string) => titles.get(id),
    };
    const progress = (text: string) => context.terminal.progress(text);
    const importing = { client, archive, people, names, report, dryRun, files, now: instant(Date.now()), progress };
    for (const conversation of conversations) await importConversation(importing, conversation);
  } catch (error) {
    if (error instanceof ListFault) throw new CliFailure(EXIT.usage, `A list of ${path} can’t be read. ${error.message}`, { cause: error });
    throw error;
  }
  await report.end();
}
