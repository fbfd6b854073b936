/** Imports the people and bots of an archive, and knows who each id of Slack's is here. */
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { OperationRequest } from '../../../app/control/protocol.ts';
import type { ControlClient } from '../../control-client.ts';
import { inChunks } from '../chunks.ts';
import type { Claims } from '../claims.ts';
import { csvRows } from '../csv-rows.ts';
import { personAs } from '../person-as.ts';
import type { Report } from '../report.ts';
import type { SlackArchive } from './archive.ts';
import { SOURCE } from './source.ts';
import { furtherLoginName, strangerOf, usersIn, type SlackUser } from './users.ts';

/** `person`: undefined where the user could not be imported, and before that in a dry run. */
type Known = { readonly name: string; readonly person: PersonId | undefined; readonly isActive: boolean };

export type SlackPeople = {
  of(id: string): Known | undefined;
  /** Imports everybody in the archive's list. */
  importAll(): Promise<void>;
  /** Imports those who are in no list. */
  importStrangers(senders: ReadonlyMap<string, string | undefined>): Promise<void>;
};

type Dependencies = {
  readonly client: ControlClient;
  readonly archive: Pick<SlackArchive, 'read'>;
  readonly report: Report;
  readonly claims: Claims | undefined;
  readonly dryRun: boolean;
  /** People who have an account here, by Slack's ids or login names. */
  readonly accounts: ReadonlyMap<string, PersonId>;
};

type PersonToImport = OperationRequest<'import-people'>['people'][number];

export function createSlackPeople({ client, archive, report, claims, dryRun, accounts }: Dependencies): SlackPeople {
  const known = new Map<string, Known>();

  /** A second time for those whose login name is taken, or of whom something can't be kept. */
  const importUsers = async (users: readonly SlackUser[], tries: 'first' | 'second' = 'first'): Promise<void> => {
    const again: SlackUser[] = [];
    const people = users.map((user, index): PersonToImport => ({ line: index + 1, ...personOf(user) }));
    for await (const { line, person, claim, ...outcome } of client.call('import-people', { people, claims: claims !== undefined, dryRun })) {
      const user = users[line - 1];
      if (user === undefined) continue;
      const { id, name, isActive } = user;
      if (outcome.outcome === 'refused' && tries === 'first') {
        if (outcome.code === 'login-taken') await report.without(id, 'other-login-name');
        else await report.withoutFor(id, outcome);
        again.push(anotherWayAfter(outcome.code, user));
        continue;
      }
      await report.done(id, outcome, 'people');
      known.set(id, { name, isActive, person: person ?? undefined });
      if (claim !== null && person !== null) await claims?.add(await loginNameOf(user, person), claim);
    }
    if (again.length > 0) await importUsers(again, 'second');
  };

  /** An earlier import may have found the shorter one taken. */
  const loginNameOf = async (user: SlackUser, person: PersonId): Promise<string> => {
    for await (const found of client.call('find-login', { loginName: user.loginName })) if (found.person === person) return user.loginName;
    return furtherLoginName(user);
  };

  const importEach = async (users: AsyncIterable<SlackUser>): Promise<void> => {
    for await (const chunk of inChunks(users)) await importUsers(chunk);
  };

  return {
    of: (id) => known.get(id),
    importAll: () => importEach(listed()),
    importStrangers: async (senders) => importEach(strangersAmong(senders)),
  };

  async function* listed(): AsyncGenerator<SlackUser, void> {
    for await (const user of usersIn(archive)) {
      if (user === undefined) await report.leaveOut('users.json', 'malformed');
      else if (known.has(user.id)) await report.leaveOut(user.id, 'twice');
      else {
        const person = accounts.get(user.id) ?? accounts.get(user.loginName);
        if (person === undefined) yield user;
        else known.set(user.id, { name: user.name, isActive: true, person });
      }
    }
  }

  async function* strangersAmong(senders: ReadonlyMap<string, string | undefined>): AsyncGenerator<SlackUser, void> {
    for (const [id, name] of senders) if (!known.has(id)) yield strangerOf(id, name);
  }
}

/** With less of what was refused. */
function anotherWayAfter(code: string, user: SlackUser): SlackUser {
  if (code === 'login-taken') return { ...user, loginName: furtherLoginName(user) };
  if (code === 'login-name-malformed') return { ...user, loginName: user.id.toLowerCase() };
  return { ...user, name: user.name === '' ? user.id : user.name, about: undefined, timeZone: undefined };
}

const personOf = ({ id, loginName, name, about, timeZone, isActive }: SlackUser) => ({
  key: `${SOURCE}/${id}`,
  loginName,
  name,
  ...(about !== undefined && { about }),
  ...(timeZone !== undefined && { timeZone }),
  ...(!isActive && { isActive: false as const }),
});

const COLUMNS = { names: { slack: ['slack', 'slack id', 'slack name'], loginName: ['login name', 'login', 'username'] } } as const;

/** Throws `CliFailure` where nobody has one of the login names. */
export async function accountsIn(client: ControlClient, file: string): Promise<ReadonlyMap<string, PersonId>> {
  const accounts = new Map<string, PersonId>();
  for await (const { cells } of csvRows(file, COLUMNS)) {
    if (cells.slack !== undefined && cells.loginName !== undefined) accounts.set(cells.slack, await personAs(client, cells.loginName));
  }
  return accounts;
}
