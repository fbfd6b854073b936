/** What people and moderators write beside a report, a decision or an appeal. */
import type { Decision } from '../shared/decider.ts';
import { refusalOfText } from '../shared/text/text.ts';
import { MODERATION_TEXT_CHARACTERS_MAX } from './violations.ts';

const RULE = { maxCharacters: MODERATION_TEXT_CHARACTERS_MAX, tooLong: 'moderation-text-too-long', lines: 'many' } as const;

/** What a person is told of a decision, or what somebody writes beside a report: it may be absent. */
export const refusalOfStatement = (text: string | undefined): Decision<never> | undefined => (text === undefined ? undefined : refusalOfText(text, RULE));

export const refusalOfAppeal = (text: string): Decision<never> | undefined => refusalOfText(text, { ...RULE, blank: 'appeal-empty' });
