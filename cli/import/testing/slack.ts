/** An archive as Slack makes it of a workspace, small and invented. */
import { zipOf, type ZipEntry } from './zip.ts';

type Fields = Readonly<Record<string, unknown>>;

export const user = (id: string, name: string, more: Fields = {}): Fields => ({
  id,
  team_id: 'T01',
  name,
  deleted: false,
  real_name: `${name} Harbour`,
  tz: 'Europe/Berlin',
  profile: { real_name: `${name} Harbour`, display_name: '', title: '' },
  is_bot: false,
  is_app_user: false,
  ...more,
});

/** `1672531200.000100` is the first second of 2023. */
export const ts = (second: number, micros = 100): string => `${1_672_531_200 + second}.${String(micros).padStart(6, '0')}`;

export const message = (sender: string, second: number, text: string, more: Fields = {}): Fields => ({
  type: 'message',
  user: sender,
  text,
  ts: ts(second),
  team: 'T01',
  ...more,
});

export const channel = (id: string, name: string, members: readonly string[], more: Fields = {}): Fields => ({
  id,
  name,
  created: 1_672_531_000,
  creator: members[0] ?? 'U01',
  is_archived: false,
  is_general: false,
  members,
  topic: { value: '', creator: '', last_set: 0 },
  purpose: { value: '', creator: '', last_set: 0 },
  ...more,
});

export type Workspace = {
  readonly users: readonly Fields[];
  readonly channels?: readonly Fields[];
  readonly groups?: readonly Fields[];
  readonly mpims?: readonly Fields[];
  readonly dms?: readonly Fields[];
  /** By `general/2023-01-01.json`. */
  readonly days: Readonly<Record<string, readonly unknown[]>>;
  readonly files?: readonly ZipEntry[];
  /** The folder that somebody packed it in. */
  readonly root?: string;
};

export function slackArchiveOf({ users, channels, groups, mpims, dms, days, files = [], root = '' }: Workspace): Buffer {
  const json = (name: string, content: unknown): readonly ZipEntry[] =>
    content === undefined ? [] : [{ name: root + name, content: JSON.stringify(content) }];
  return zipOf([
    ...json('users.json', users),
    ...json('channels.json', channels),
    ...json('groups.json', groups),
    ...json('mpims.json', mpims),
    ...json('dms.json', dms),
    ...json('integration_logs.json', []),
    ...Object.entries(days).flatMap(([name, content]) => json(name, content)),
    ...files.map((file) => ({ ...file, name: root + file.name })),
  ]);
}
