import { everyPoint } from './points.ts'

everyPoint('a day goes well though Beadle is killed at a commit or a call in it', 0)
