/**
 * The one form of a category's name, by which a notification meets the choices of its recipients. Whichever way an app spells it, a
 * person who opted out has opted out: composed or decomposed letters, letter case and spaces around it make no difference.
 */
export const categoryKey = (category: string): string => category.normalize('NFKC').trim().toLowerCase();
