import { t } from '../text/text.ts';

/** Isolated, so that a name of another direction leaves its surroundings alone. */
export const Name = ({ of }: { readonly of: string | null }) => (of === null ? <i>{t('people.erased')}</i> : <bdi>{of}</bdi>);

export const nameText = (name: string | null): string => name ?? t('people.erased');
