/** Milliseconds after which a slow answer begins with white space, so that no client takes the service for dead. */
export const patienceMs = 20_000;

/** Calls `act` every so many milliseconds, until what it gives is called. */
export type Every = (ms: number, act: () => void) => () => void;

const byTimer: Every = (ms, act) => {
    const timer = setInterval(act, ms);
    return () => clearInterval(timer);
};

export interface Answer {
    readonly status: number;
    readonly body: object;
}

/**
 * Answers when the work is done; work that takes long is answered bit by bit, JSON after white space, and with the status 200, whatever
 * comes of it. `work` does not reject. It goes on when the client has hung up.
 */
export async function answerLate(work: Promise<Answer>, every: Every = byTimer): Promise<Response> {
    let isLate = (): void => undefined;
    const late = new Promise<Answer>((resolve) => (isLate = () => resolve({ status: 200, body: {} })));
    let isOver = false;
    let stop = (): void => undefined;
    const body = new ReadableStream<Uint8Array>({
        start: async (controller) => {
            stop = every(patienceMs, () => {
                isLate();
                if (!isOver) controller.enqueue(Buffer.from(" "));
            });
            try {
                const json = JSON.stringify((await work).body);
                if (isOver) return;
                controller.enqueue(Buffer.from(json));
                controller.close();
            } finally {
                stop();
            }
        },
        cancel: () => {
            isOver = true;
            stop();
        },
    });
    const { status } = await Promise.race([work, late]);
    return new Response(body, { status, headers: { "content-type": "application/json" } });
}
