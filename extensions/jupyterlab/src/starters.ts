/** Notebooks that are ready to run, one a kind of data. */

export interface IStarter {
  kind: string;
  /** What the launcher's card says. */
  label: string;
  caption: string;
  cells: [type: 'markdown' | 'code', source: string][];
}

interface IParts {
  kind: string;
  label: string;
  recipe: string;
  learns: string;
  own: string;
  ownRecipe: string;
}

const PARTS: IParts[] = [
  {
    kind: 'images',
    label: 'Images',
    recipe: 'digits',
    learns: 'the handwritten digits that scikit-learn carries',
    own: '# A folder (a class per subfolder), a zip of one, Parquet, .npz, or a data set on the Hub.',
    ownRecipe: 'image --data photos/ --set data.size=64'
  },
  {
    kind: 'text',
    label: 'Text',
    recipe: 'prose',
    learns: 'sentences of the help texts that every Python carries',
    own: '# A text file of a sample a line, a table, or a data set on the Hub.',
    ownRecipe: 'text --data lines.txt'
  },
  {
    kind: 'sound',
    label: 'Sound',
    recipe: 'notes',
    learns: 'notes of plucked and struck strings that multigan makes itself',
    own: '# A folder or zip of recordings (a class per subfolder), Parquet, or a data set on the Hub.',
    ownRecipe: 'speech --data recordings/'
  }
];

export const STARTERS: IStarter[] = PARTS.map(parts => ({
  kind: parts.kind,
  label: parts.label,
  caption: `A notebook that trains a GAN on ${parts.learns}`,
  cells: [
    [
      'markdown',
      `# ${parts.label}\n\nRun the cells from the top (Shift+Enter). The first run learns ` +
        `${parts.learns}: nothing is downloaded. It trains in the background; ` +
        'the panel at the left shows it, too.'
    ],
    ['code', '%load_ext multigan'],
    ['code', `%multigan train ${parts.recipe} --as run`],
    ['markdown', 'When it has saved its first checkpoint, there is a generator to play with:'],
    ['code', '%multigan explore'],
    ['markdown', 'And with data of your own:'],
    ['code', `${parts.own}\n# %multigan train ${parts.ownRecipe}`]
  ]
}));
