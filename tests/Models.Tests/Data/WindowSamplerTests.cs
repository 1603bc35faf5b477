using FsCheck.Xunit;
using Vitrine.Models.Data;

namespace Vitrine.Models.Tests.Data;

public sealed class WindowSamplerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void WithAContextOfOneEveryPairComesOnceAnEpoch()
    {
        using Corpus corpus = Make(17, i => 3 + (i * 5 % 40));
        var sampler = new WindowSampler(corpus, 1, seed: 7);
        int count = corpus.TrainPairs.Count();
        Assert.Equal(count, sampler.WindowsPerEpoch);
        string[] expected = [.. corpus.TrainPairs.Select(pair => pair.ToString()).Order()];
        var orders = new List<string>();
        for (int epoch = 0; epoch < 3; epoch++)
        {
            int[] inputs = new int[count];
            int[] targets = new int[count];
            sampler.Fill((long)epoch * count, inputs, targets);
            Assert.Equal(expected, inputs.Zip(targets).Select(pair => pair.ToString()).Order());
            orders.Add(string.Join(',', inputs));
        }

        Assert.Equal(3, orders.Distinct().Count());
    }

    [Property(MaxTest = 40)]
    public void WindowsAreStretchesOfOneDocument(byte documents, byte context, ulong seed)
    {
        int window = 1 + (context % 30);
        using Corpus corpus = Make(12 + (documents % 20), i => 31 + (i * 7 % 50));
        var sampler = new WindowSampler(corpus, window, seed);
        int[] inputs = new int[window];
        int[] targets = new int[window];
        var starts = new HashSet<int>();
        for (long i = 0; i < sampler.WindowsPerEpoch; i++)
        {
            sampler.Fill(i, inputs, targets);
            Assert.Equal(inputs[1..], targets[..^1]);
            Assert.DoesNotContain(50256, targets);
            int start = sampler.StartOf(i);
            Assert.Equal(corpus.Train.Slice(start, window).ToArray(), inputs);
            Assert.True(starts.Add(start));
        }

        // Windows of one epoch do not overlap.
        int[] ordered = [.. starts.Order()];
        Assert.All(
            ordered.Zip(ordered.Skip(1)), pair => Assert.True(pair.Second - pair.First >= window));
    }

    [Fact]
    public void ShortDocumentsAreJoined()
    {
        using Corpus corpus = Make(40, _ => 4);
        var sampler = new WindowSampler(corpus, 16, seed: 1);
        var seen = new HashSet<int>();
        int[] inputs = new int[16];
        for (long i = 0; i < 20 * sampler.WindowsPerEpoch; i++)
        {
            int start = sampler.StartOf(i);
            sampler.Fill(i, inputs, new int[16]);
            seen.UnionWith(Enumerable.Range(start, 16));
        }

        Assert.True(
            seen.Count > corpus.Train.Length * 0.95, $"{seen.Count} of {corpus.Train.Length}");
    }

    [Fact]
    public void TheOrderIsThatOfTheSeed()
    {
        using Corpus corpus = Make(20, _ => 50);
        long[] numbers = [.. Enumerable.Range(0, 200)];
        int[] Starts(ulong seed)
        {
            var sampler = new WindowSampler(corpus, 4, seed);
            return [.. numbers.Select(sampler.StartOf)];
        }

        Assert.Equal(Starts(3), Starts(3));
        Assert.NotEqual(Starts(3), Starts(4));
        Assert.NotEqual(Starts(3), Starts(3).Order());
    }

    [Fact]
    public void TheShippedTextInItsOrder()
    {
        // Pinned: a run must see the same windows on every machine and in every version.
        var sampler = new WindowSampler(Corpus.StateOfTheUnion(), 1, seed: 0);
        Assert.Equal(1_906_286, sampler.WindowsPerEpoch);
        Assert.Equal(
            [482776, 523295, 1879914, 817277],
            Enumerable.Range(0, 4).Select(i => sampler.StartOf(i)));
    }

    [Fact]
    public void MistakesAreNamed()
    {
        using Corpus corpus = Make(12, _ => 5);
        int train = corpus.Train.Length;
        Assert.Contains(
            $"needs {train + 1} training tokens; got {train}",
            Assert.Throws<ArgumentException>(() => new WindowSampler(corpus, train, 0)).Message);
        var sampler = new WindowSampler(corpus, 4, 0);
        Assert.Throws<ArgumentException>(() => sampler.Fill(0, new int[6], new int[6]));
        Assert.Throws<ArgumentException>(() => sampler.Fill(0, new int[8], new int[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => sampler.Fill(-1, new int[4], new int[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new WindowSampler(corpus, 0, 0));
    }

    private Corpus Make(int documents, Func<int, int> length)
    {
        int word = 0;
        string text = string.Join("<|endoftext|>", Enumerable.Range(0, documents).Select(i =>
            string.Concat(Enumerable.Range(0, length(i)).Select(_ => $" {word++ % 900}"))));
        string path = _folder[$"{documents}.txt"];
        File.WriteAllText(path, text);
        return Corpus.FromText(path, 1, null, null);
    }
}
