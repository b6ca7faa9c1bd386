import { randomSecret } from '../random-secret.ts'

/** What a project is made of, beside package.json and its bots. */
export const projectFiles = (): Readonly<Record<string, string>> => ({
  'config.yaml': `# What Beadle needs to know, apart from the bots: those are in bots/, one file each.
# Every key: docs/configuration.md of Beadle. \${NAME:-default} takes a value from the environment.

jmessage:
  # The account of the app. These two belong to the embedded server and to nothing else.
  # For the real JMessage: set JMESSAGE_ENDPOINT=https://api.im.jpush.cn, JMESSAGE_APP_KEY and JMESSAGE_MASTER_SECRET.
  appKey: beadle00townapp000000001
  masterSecret: ${randomSecret()}

# The embedded IM server: used as long as no other endpoint is set.
server:
  # Lets anybody who reaches the server speak for its users, and move its clock. For play and tests only.
  sandbox: true
  # Builds a small town to play in at the first start: alice, bobby, carol and dave, a group and a chat room.
  town: true
`,
  'tsconfig.json': `{
  "compilerOptions": {
    "target": "ES2023",
    "lib": ["ES2023", "ESNext.Disposable"],
    "module": "NodeNext",
    "moduleResolution": "NodeNext",
    "moduleDetection": "force",
    "types": ["node"],
    "strict": true,
    "noUncheckedIndexedAccess": true,
    "verbatimModuleSyntax": true,
    "isolatedModules": true,
    "allowImportingTsExtensions": true,
    "allowJs": true,
    "skipLibCheck": true,
    "noEmit": true
  },
  "include": ["plugins"]
}
`,
  '.gitignore': 'node_modules/\ndata/\n.env\n',
})

/** What package.json has to have; what is in there already stays as it is. */
export const projectPackage = (beadle: string) => ({
  private: true,
  type: 'module',
  scripts: {
    dev: 'beadle dev',
    start: 'beadle start',
    check: 'beadle check && tsc',
    test: 'vitest run',
  },
  dependencies: { beadle },
  devDependencies: { '@types/node': '20.19.43', typescript: '6.0.3', vitest: '4.1.12' },
})
