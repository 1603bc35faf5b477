using FsCheck.Xunit;
using Vitrine.Interp.Circuits;

namespace Vitrine.Interp.Tests.Circuits;

/// <summary>Skip-trigrams counted in a text.</summary>
public class SkipTrigramTextTests
{
    private const int Vocabulary = 24;
    private const int End = 23;

    [Property(MaxTest = 30)]
    public void Counts_are_those_of_looking_at_every_place(int seed)
    {
        int[] stream = Samples.Stream(seed, 6, Vocabulary);
        var text = new SkipTrigramText(stream, End, Vocabulary, 7);
        Dictionary<SkipTrigram, List<int>> expected = Places(stream, 7);
        foreach ((SkipTrigram trigram, List<int> places) in expected)
        {
            Assert.Equal(places, text.Places(trigram));
            Assert.Equal(places.Count, text.Count(trigram));
        }

        Assert.Equal(0, text.Count(new SkipTrigram(0, End, End)));
        var found = new Dictionary<SkipTrigram, int>();
        bool[] isRead = [.. Enumerable.Range(0, Vocabulary).Select(id => id is not End and not 3)];
        double[] square =
            [.. Enumerable.Range(0, 5).Select(distance => (double)distance * distance)];
        text.Frequent(2, isRead, [square, []], (trigram, count, means) =>
        {
            double[] nearest =
                [.. text.Places(trigram).Select(
                    place => (double)Nearest(text.Context(place), trigram.Source))];
            Assert.Equal(
                nearest.Average(distance => distance < 5 ? distance * distance : 0), means[0],
                1e-12);
            Assert.Equal(0, means[1]);
            lock (found)
            {
                found.Add(trigram, count);
            }
        });
        Assert.Equal(
            expected.Where(
                e => e.Value.Count >= 2 && isRead[e.Key.Source] && isRead[e.Key.Destination]
                    && isRead[e.Key.Out])
                .ToDictionary(e => e.Key, e => e.Value.Count),
            found);
    }

    [Fact]
    public void The_context_ends_at_the_place_and_begins_in_its_document()
    {
        int[] stream = [End, 1, 2, 3, End, 4, 5, 6, 7];
        var text = new SkipTrigramText(stream, End, Vocabulary, 3);
        int place = Assert.Single(text.Places(new SkipTrigram(4, 6, 7)));
        Assert.Equal([4, 5, 6], text.Context(place).ToArray());
        Assert.Equal(7, text.Next(place));
        Assert.Equal(0, text.Count(new SkipTrigram(3, 4, 5)));
        Assert.Equal([End, 4], text.Context(5).ToArray());
        Assert.Equal(7, text.Pairs);
    }

    private static int Nearest(ReadOnlySpan<int> context, int source) =>
        context.Length - 1 - context[..^1].LastIndexOf(source);

    private static Dictionary<SkipTrigram, List<int>> Places(int[] stream, int window)
    {
        var places = new Dictionary<SkipTrigram, List<int>>();
        for (int i = 1; i + 1 < stream.Length; i++)
        {
            var seen = new HashSet<int>();
            for (int j = i - 1; j >= 0 && j > i - window && stream[i] != End
                && stream[i + 1] != End; j--)
            {
                if (seen.Add(stream[j]))
                {
                    var trigram = new SkipTrigram(stream[j], stream[i], stream[i + 1]);
                    places.TryAdd(trigram, []);
                    places[trigram].Add(i);
                }

                if (stream[j] == End)
                {
                    break;
                }
            }
        }

        return places;
    }
}
