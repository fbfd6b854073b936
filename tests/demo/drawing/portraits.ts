/** The pictures of people: a head in front of a colour, drawn from a number. */
import type { CastMember } from '../world/cast.ts';
import { randomFrom } from '../world/random.ts';

export const PORTRAIT_SIZE = 320;
const BACKGROUNDS = ['#f4b8a0', '#a7c7e7', '#b7d7b0', '#f2d48a', '#c9b6e4', '#94c9c9', '#e8a5b7', '#c4cdd8'] as const;
const SKINS = [
  ['#f6d7c3', '#f1c9ab', '#eebd9c'],
  ['#e0ab85', '#d9a07a', '#c68e66'],
  ['#8e5b3d', '#7a4c32', '#62402c'],
] as const;
const HAIRS = ['#2b2320', '#4a3226', '#7a4b2a', '#b5803f', '#d9c089', '#8d8d93'] as const;
const DARK_HAIRS = ['#1f1c1d', '#2b2320', '#1f2533', '#3b2c26'] as const;
const SHIRTS = ['#2f5d8a', '#c0503f', '#3d7a57', '#6b4a8f', '#d39b2d', '#37474f', '#9c3d63'] as const;

export function portraitOf({ look, language }: Pick<CastMember, 'look' | 'language'>, seed: number): string {
  const { pick, chance, between } = randomFrom(Math.imul(seed + 1, 0x9e3779b1));
  const [background, skin, hair, shirt] = [
    pick(BACKGROUNDS),
    pick(SKINS[look.skin]),
    pick(language === 'ko' || look.skin > 0 ? DARK_HAIRS : HAIRS),
    pick(SHIRTS),
  ];
  const long = look.hair === 'long';
  const tilt = between(-5, 5);
  const parts = [
    `<rect width="320" height="320" fill="${background}"/>`,
    `<circle cx="${between(20, 300)}" cy="${between(10, 120)}" r="${between(50, 110)}" fill="#fff" opacity=".18"/>`,
    `<path d="M40 330 Q52 232 160 228 Q268 232 280 330Z" fill="${shirt}"/>`,
    `<g transform="rotate(${tilt} 160 180)">`,
    long ? `<path d="M82 150 Q76 52 160 50 Q244 52 238 150 L246 250 Q232 262 214 250 L106 250 Q88 262 74 250Z" fill="${hair}"/>` : '',
    `<rect x="134" y="196" width="52" height="50" rx="24" fill="${skin}"/><path d="M134 212 Q160 236 186 212 L186 222 Q160 246 134 222Z" fill="#000" opacity=".12"/>`,
    `<ellipse cx="160" cy="150" rx="62" ry="74" fill="${skin}"/>`,
    hairOf(hair, pick(long ? (['fringe', 'side', 'fringe', 'curls'] as const) : (['fringe', 'side', 'curls', 'bald'] as const))),
    ...[136, 184].map(
      (x) => `<circle cx="${x}" cy="152" r="6" fill="#26211f"/><path d="M${x - 11} 134 q11 -8 22 0" stroke="${hair}" stroke-width="5" fill="none"/>`,
    ),
    `<path d="M160 158 q-7 20 3 22" stroke="#000" stroke-opacity=".22" stroke-width="4" fill="none" stroke-linecap="round"/>`,
    `<path d="M138 ${between(190, 194)} q22 ${between(10, 20)} 44 0" stroke="#8a3b34" stroke-width="5" fill="none" stroke-linecap="round"/>`,
    chance(0.3)
      ? '<g fill="none" stroke="#2d2d33" stroke-width="4"><circle cx="136" cy="153" r="19"/><circle cx="184" cy="153" r="19"/><path d="M155 150h10"/></g>'
      : '',
    !long && chance(0.3) ? `<path d="M102 172 Q110 236 160 236 Q210 236 218 172 Q200 208 160 206 Q120 208 102 172Z" fill="${hair}" opacity=".9"/>` : '',
    '</g>',
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${PORTRAIT_SIZE}" height="${PORTRAIT_SIZE}" viewBox="0 0 320 320">${parts.join('')}</svg>`;
}

function hairOf(colour: string, style: 'fringe' | 'side' | 'curls' | 'bald'): string {
  switch (style) {
    case 'fringe':
      return `<path d="M94 150 Q92 66 160 66 Q228 66 226 150 Q214 112 190 108 L130 108 Q106 112 94 150Z" fill="${colour}"/>`;
    case 'side':
      return `<path d="M94 152 Q88 62 166 64 Q232 70 226 150 Q216 116 176 96 Q136 120 94 152Z" fill="${colour}"/>`;
    case 'curls':
      return [98, 118, 142, 168, 194, 216, 224]
        .map((x, at) => `<circle cx="${x}" cy="${[118, 92, 78, 74, 84, 106, 132][at]}" r="26" fill="${colour}"/>`)
        .join('');
    case 'bald':
      return '';
  }
}
