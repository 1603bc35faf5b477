using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Vitrine.Tensors;

/// <summary>The threads that CPU kernels share; persistent, and free of allocation per
/// call.</summary>
/// <remarks>
/// A kernel splits its work by the problem, never by the number of threads, and each piece writes
/// what no other piece reads; so the bits of every result are the same for any number of threads.
/// The number comes from <c>VITRINE_THREADS</c>, else from the machine, and is read when it is
/// first needed.
/// </remarks>
public static unsafe class WorkerPool
{
    private const int SpinsBeforeSleep = 20_000;
    private const int SpinsBeforeYield = 2_000;
    private static readonly Lock Gate = new();
    private static Worker[] s_workers = [];
    private static Share[] s_shares = new Share[1];
    private static int s_threads;

    private static delegate*<void*, int, void> s_run;
    private static void* s_body;
    private static int s_participants;
    private static int s_busy;
    private static Exception? s_failure;

    [ThreadStatic]
    private static bool t_inside;

    /// <summary>How many threads kernels use, including the caller's; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or above
    /// 1024.</exception>
    /// <exception cref="InvalidOperationException">It is set inside a piece of work, whose end the
    /// change would wait for; or it was not set, and <c>VITRINE_THREADS</c> is not such a number:
    /// the first op reports this.</exception>
    public static int Threads
    {
        get => s_threads > 0 ? s_threads
            : s_threads = Initial(Environment.GetEnvironmentVariable("VITRINE_THREADS"));
        set
        {
            if (value is < 1 or > 1024)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(value), value, "WorkerPool: threads must be 1 … 1024.");
            }

            if (t_inside)
            {
                throw new InvalidOperationException(
                    "WorkerPool: threads cannot be set from inside a body; set them before For.");
            }

            lock (Gate)
            {
                s_threads = value;
            }
        }
    }

    /// <summary>The threads that the value of <c>VITRINE_THREADS</c> asks for.</summary>
    internal static int Initial(string? value) =>
        string.IsNullOrEmpty(value) ? Environment.ProcessorCount
        : int.TryParse(value, CultureInfo.InvariantCulture, out int threads)
            && threads is >= 1 and <= 1024 ? threads
        : throw new InvalidOperationException(
            $"VITRINE_THREADS: must be a whole number, 1 … 1024; got '{value}'; unset it for all "
            + "cores.");

    /// <summary>Runs <c>body(0)</c> … <c>body(count − 1)</c>, each once, in any order, and returns
    /// when all are done. A call from inside a body runs on the calling thread.</summary>
    /// <remarks>Split by the problem, let each piece write what no other piece reads, and add
    /// partial sums in order afterwards: then the result does not depend on the number of
    /// threads.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is
    /// negative.</exception>
    public static void For(int count, Action<int> body)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentNullException.ThrowIfNull(body);
        var pieces = new ActionBody(body);
        For(count, ref pieces);
    }

    /// <summary>Runs <c>body.Run(0)</c> … <c>body.Run(count − 1)</c>, each once, in any order, and
    /// returns when all are done. A call from inside a body runs on the calling thread.</summary>
    internal static void For<TBody>(int count, ref TBody body)
        where TBody : struct, IParallelBody
    {
        if (count <= 1 || Threads == 1 || t_inside || !Gate.TryEnter())
        {
            for (int i = 0; i < count; i++)
            {
                body.Run(i);
            }

            return;
        }

        try
        {
            t_inside = true;
            Dispatch(Unsafe.AsPointer(ref body), count, &Invoke<TBody>);
        }
        finally
        {
            t_inside = false;
            Gate.Exit();
        }
    }

    private static void Invoke<TBody>(void* body, int index)
        where TBody : struct, IParallelBody => Unsafe.AsRef<TBody>(body).Run(index);

    private static void Dispatch(void* body, int count, delegate*<void*, int, void> run)
    {
        int participants = Math.Min(s_threads, count);
        if (s_workers.Length < participants - 1)
        {
            s_shares = new Share[participants];
            while (s_workers.Length < participants - 1)
            {
                s_workers = [.. s_workers, new Worker(s_workers.Length + 1)];
            }
        }

        for (int i = 0; i < participants; i++)
        {
            s_shares[i].Next = (int)((long)count * i / participants);
            s_shares[i].End = (int)((long)count * (i + 1) / participants);
        }

        s_run = run;
        s_body = body;
        s_participants = participants;
        s_failure = null;
        Volatile.Write(ref s_busy, participants - 1);
        for (int i = 0; i < participants - 1; i++)
        {
            s_workers[i].Start();
        }

        Work(0);
        var wait = default(SpinWait);
        for (int spin = 0; Volatile.Read(ref s_busy) != 0; spin++)
        {
            if (spin < SpinsBeforeYield)
            {
                Thread.SpinWait(1);
            }
            else
            {
                wait.SpinOnce(sleep1Threshold: -1);
            }
        }

        if (s_failure is { } failure)
        {
            s_failure = null;
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Does a participant's own share, then what is left of the others'.</summary>
    private static void Work(int participant)
    {
        int participants = s_participants;
        try
        {
            for (int i = 0; i < participants; i++)
            {
                ref Share share = ref s_shares[(participant + i) % participants];
                while (Volatile.Read(ref share.Next) < share.End)
                {
                    int index = Interlocked.Increment(ref share.Next) - 1;
                    if (index < share.End)
                    {
                        s_run(s_body, index);
                    }
                }
            }
        }
#pragma warning disable CA1031 // whatever a body throws is thrown again by the caller of For
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref s_failure, failure, null);
            for (int i = 0; i < participants; i++)
            {
                Volatile.Write(ref s_shares[i].Next, s_shares[i].End);
            }
        }
    }

    /// <summary>The pieces that one thread does first: neighbours, and the same in every kernel
    /// over the same rows, so that what it wrote is still in its cache. On lines of its own, since
    /// a line that two cores write takes longer to fetch than a small piece to compute.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Share
    {
        [FieldOffset(56)]
        public int Next;

        [FieldOffset(60)]
        public int End;
    }

    private readonly struct ActionBody(Action<int> body) : IParallelBody
    {
        public void Run(int index) => body(index);
    }

    /// <summary>One thread: spins for the next job for up to half a millisecond, which bridges the
    /// time between two kernels of a step, then sleeps.</summary>
    private sealed class Worker
    {
        private readonly AutoResetEvent _wake = new(false);
        private readonly int _participant;
        private int _started;
        private int _asleep;

        public Worker(int participant)
        {
            _participant = participant;
            var thread = new Thread(Loop)
            {
                IsBackground = true, Name = $"vitrine-worker-{participant}",
            };
            thread.Start();
        }

        public void Start()
        {
            Interlocked.Increment(ref _started);
            if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1)
            {
                _wake.Set();
            }
        }

        private void Loop()
        {
            t_inside = true;
            int done = 0;
            while (true)
            {
                for (int spin = 0; Volatile.Read(ref _started) == done; spin++)
                {
                    if (spin < SpinsBeforeSleep)
                    {
                        Thread.SpinWait(1);
                        continue;
                    }

                    // Announce sleep, then look once more: Start either sees the announcement or is
                    // seen.
                    Interlocked.Exchange(ref _asleep, 1);
                    if (Volatile.Read(ref _started) != done
                        && Interlocked.Exchange(ref _asleep, 0) == 1)
                    {
                        break;
                    }

                    _wake.WaitOne();
                }

                done++;
                Work(_participant);
                Interlocked.Decrement(ref s_busy);
            }
        }
    }
}

/// <summary>The pieces of a parallel kernel; a struct, so that starting one allocates
/// nothing.</summary>
internal interface IParallelBody
{
    /// <summary>Does piece number <paramref name="index"/>.</summary>
    void Run(int index);
}
