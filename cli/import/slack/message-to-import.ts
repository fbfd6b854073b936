/** A message of Slack's as it is imported: its text with what its parts are, who reacted, and the files that it has. */
import { MENTIONS_MAX } from '../../../domain/chat/messages.ts';
import { REACTION_KINDS_MAX } from '../../../domain/chat/message-marks.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { OperationRequest } from '../../../app/control/protocol.ts';
import type { Report } from '../report.ts';
import { emojiNamed } from './emoji-names.ts';
import { addMarkup, readMarkup } from './markup.ts';
import type { SlackFile, SlackMessage } from './message.ts';
import type { Names } from './names.ts';
import { readRichText } from './rich-text.ts';
import { createTextBuilder, type BuiltText } from './text-builder.ts';

export type MessageToImport = OperationRequest<'import-messages'>['messages'][number];

/** `missing`: files that it is imported without; it says their names, so that others know what is talked of. */
export type WithFiles = { readonly media: NonNullable<MessageToImport['media']>; readonly missing: readonly SlackFile[] };

/** Of what an operator is told once, and not for each. */
const REACTING_MAX = 1_000;

export async function messageToImport(
  { ts: key, at, replyTo, editedAt, reactions, ...message }: SlackMessage,
  {
    sender,
    files: { media, missing },
    names,
    report,
    item,
  }: { readonly sender: PersonId; readonly files: WithFiles; readonly names: Names; readonly report: Report; readonly item: string },
): Promise<MessageToImport> {
  const { text, entities, mentions, isCut } = textOf(message, missing, names);
  if (isCut) await report.without(item, 'too-much-formatting');
  const reacted = [];
  for (const { name, users } of reactions) {
    const emoji = emojiNamed(name);
    const people = users.flatMap((user) => names.person(user).person ?? []).slice(0, REACTING_MAX);
    if (emoji === undefined) await report.without(item, 'own-emoji');
    else if (people.length > 0) reacted.push({ emoji, people });
  }
  return {
    key,
    at,
    sender,
    text,
    ...(entities.length > 0 && { entities: [...entities] }),
    ...(mentions.length > 0 && { mentions: [...new Set(mentions)].slice(0, MENTIONS_MAX) }),
    ...(media.length > 0 && { media }),
    ...(replyTo !== undefined && { replyTo }),
    ...(editedAt !== undefined && { editedAt }),
    ...(reacted.length > 0 && { reactions: reacted.slice(0, REACTION_KINDS_MAX) }),
  };
}

type Said = Pick<SlackMessage, 'markup' | 'blocks' | 'isAction' | 'attachments'>;

export function textOf({ markup, blocks, isAction, attachments }: Said, missing: readonly SlackFile[], names: Names): BuiltText {
  const builder = isAction ? createTextBuilder() : (readRichText(blocks, names) ?? readMarkup(markup, names));
  if (isAction) builder.styled('italic', () => addMarkup(builder, markup, names));
  const onLineOfItsOwn = (add: () => void) => {
    if (!builder.isAtLineStart()) builder.add('\n');
    add();
  };
  for (const attachment of attachments) onLineOfItsOwn(() => addMarkup(builder, attachment, names));
  for (const { name, mode, url } of missing) {
    onLineOfItsOwn(() => (mode === 'external' && url !== undefined ? builder.link(url, name) : builder.styled('italic', () => builder.add(name))));
  }
  return builder.built();
}
