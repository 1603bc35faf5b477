using Vitrine.Tensors.Tests.Specs;

namespace Vitrine.Tensors.Tests;

[Collection(nameof(Alone))]
public sealed class WorkerPoolTests : IDisposable
{
    private readonly int _threads = WorkerPool.Threads;

    public void Dispose() => WorkerPool.Threads = _threads;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(33)]
    public void Every_piece_runs_once(int threads)
    {
        WorkerPool.Threads = threads;
        for (int count = 0; count < 200; count += threads > 8 ? 19 : 1)
        {
            int[] runs = new int[count];
            WorkerPool.For(count, i => Interlocked.Increment(ref runs[i]));
            Assert.All(runs, n => Assert.Equal(1, n));
        }
    }

    [Fact]
    public void Several_threads_take_part()
    {
        WorkerPool.Threads = 4;
        using var meeting = new Barrier(4);
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<int, bool>();
        WorkerPool.For(4, _ =>
        {
            seen[Environment.CurrentManagedThreadId] = true;
            Assert.True(meeting.SignalAndWait(TimeSpan.FromSeconds(60)), "four threads never met");
        });
        Assert.Equal(4, seen.Count);
        Assert.True(seen.ContainsKey(Environment.CurrentManagedThreadId));
    }

    [Fact]
    public void The_number_of_threads_cannot_change_inside_a_piece()
    {
        WorkerPool.Threads = 2;
        var error = Assert.Throws<InvalidOperationException>(
            () => WorkerPool.For(8, _ => WorkerPool.Threads = 3));
        Assert.Contains("cannot be set from inside a body", error.Message);
        Assert.Equal(2, WorkerPool.Threads);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void What_a_piece_throws_reaches_the_caller_and_the_pool_goes_on(int threads)
    {
        WorkerPool.Threads = threads;
        for (int failing = 0; failing < 20; failing += 7)
        {
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(
                () => WorkerPool.For(20, i =>
            {
                if (i == failing)
                {
                    throw new InvalidOperationException($"piece {i}");
                }
            }));
            Assert.Equal($"piece {failing}", error.Message);
            int sum = 0;
            WorkerPool.For(10, i => Interlocked.Add(ref sum, i));
            Assert.Equal(45, sum);
        }
    }

    [Fact]
    public void A_call_from_inside_a_piece_runs_on_its_thread()
    {
        WorkerPool.Threads = 4;
        int sum = 0;
        WorkerPool.For(8, _ =>
        {
            int thread = Environment.CurrentManagedThreadId;
            WorkerPool.For(8, i =>
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                Interlocked.Add(ref sum, i);
            });
        });
        Assert.Equal(8 * 28, sum);
    }

    [Fact]
    public void Callers_on_several_threads_do_not_wait_for_each_other_or_mix()
    {
        WorkerPool.Threads = 3;
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 6 }, caller =>
        {
            for (int repeat = 0; repeat < 100; repeat++)
            {
                int[] marks = new int[50];
                WorkerPool.For(marks.Length, i => marks[i] += caller + 1);
                Assert.All(marks, mark => Assert.Equal(caller + 1, mark));
            }
        });
    }

    [Fact]
    public void Sleeping_workers_wake()
    {
        WorkerPool.Threads = 3;
        for (int pause = 0; pause < 8; pause++)
        {
            int sum = 0;
            WorkerPool.For(64, i => Interlocked.Add(ref sum, i));
            Assert.Equal(2016, sum);
            Thread.Sleep(pause);
        }
    }

    [Fact]
    public void The_number_of_threads_has_bounds()
    {
        foreach (int threads in (int[])[0, -1, 1025])
        {
            Assert.StartsWith(
                "WorkerPool: threads must be 1 … 1024.",
                Assert.Throws<ArgumentOutOfRangeException>(() => WorkerPool.Threads = threads)
                    .Message,
                StringComparison.Ordinal);
        }

        Assert.Equal(_threads, WorkerPool.Threads);
        Assert.Throws<ArgumentOutOfRangeException>(() => WorkerPool.For(-1, _ => { }));
    }

    [Fact]
    public void VITRINE_THREADS_is_a_number_of_threads_or_unset()
    {
        Assert.Equal(1, WorkerPool.Initial("1"));
        Assert.Equal(1024, WorkerPool.Initial("1024"));
        Assert.Equal(Environment.ProcessorCount, WorkerPool.Initial(null));
        Assert.Equal(Environment.ProcessorCount, WorkerPool.Initial(""));
        foreach (string value in (string[])["abc", "0", "-1", "1025", "2.5", "99999999999"])
        {
            Assert.Equal(
                $"VITRINE_THREADS: must be a whole number, 1 … 1024; got '{value}'; unset it for "
                + "all cores.",
                Assert.Throws<InvalidOperationException>(() => WorkerPool.Initial(value)).Message);
        }
    }
}
