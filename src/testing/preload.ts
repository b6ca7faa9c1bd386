// What Beadle loads only once it needs it is loaded beforehand in a world: there, time passes only when it is told to,
// and loading a file would have to be waited for by the clock on the wall.
import '@fastify/busboy'
import 'image-size'
