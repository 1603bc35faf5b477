using System.Text.Json;
using Vitrine.Interp.Circuits;
using Vitrine.Tensors;

namespace Vitrine.Interp.Tests.Circuits;

/// <summary>Skip-trigrams found in the weights.</summary>
public class SkipTrigramTests
{
    private const int Vocabulary = PlantedSkipTrigram.Vocabulary;
    private const int End = PlantedSkipTrigram.End;
    private const int Context = PlantedSkipTrigram.Context;

    [Fact]
    public void The_strongest_are_those_of_all_triples()
    {
        using var planted = new PlantedSkipTrigram();
        using HeadCircuits circuits = planted.Circuits();
        var scores = new SkipTrigramScores(new Head(0, 0), circuits);
        var tokens = TokenSubset.All(Vocabulary);
        ScoredTrigram[] found = SkipTrigramSearch.Strongest(scores, tokens, 40, 6);
        var all =
            from s in Enumerable.Range(0, Vocabulary)
            from d in Enumerable.Range(0, Vocabulary)
            from o in Enumerable.Range(0, Vocabulary)
            select scores[new SkipTrigram(s, d, o)];
        ScoredTrigram[] expected =
        [
            .. all.Where(scored => scored.Strength > 0).GroupBy(scored => scored.Trigram.Source)
                .SelectMany(group => group.OrderByDescending(scored => scored.Strength).Take(6))
                .OrderByDescending(scored => scored.Strength).Take(40),
        ];
        Assert.Equal(
            expected.Select(scored => scored.Strength), found.Select(scored => scored.Strength),
            (x, y) => Math.Abs(x - y) <= 1e-4 * x);
        Assert.Equal(PlantedSkipTrigram.Trigram, found[0].Trigram);
    }

    [Fact]
    public void A_bug_is_forced_by_two_that_occur_and_never_occurs_itself()
    {
        // Source 1 … 2 → 3 and 1 … 4 → 5 occur; 2 → 5 and 4 → 3 never do, and cannot be told apart.
        int[] stream =
            [.. Enumerable.Repeat((int[])[End, 1, 7, 2, 3, 8, 1, 9, 4, 5], 6).SelectMany(x => x)];
        var text = new SkipTrigramText(stream, End, Vocabulary, Context);
        using Tensor<float> query = Tensor.Zeros<float>([Vocabulary, 1]);
        using Tensor<float> output = Tensor.Zeros<float>([Vocabulary, 1]);
        (query[2, 0], query[4, 0], output[3, 0], output[5, 0]) = (3, 2, 2, 2);
        using Tensor<float> source = Tensor.Zeros<float>([Vocabulary, 1]);
        source[1, 0] = 1;
        using Tensor<float> one = Tensor.Full([1, 1], 1f);
        using HeadCircuits raw = HeadCircuits.Of(
            new HeadWeights(
                Identity(), AsWeight(query), AsWeight(source), AsWeight(source), one,
                output.Transpose()),
            CircuitForm.Scores);
        var scores = new SkipTrigramScores(new Head(0, 0), raw);
        StrongestTrigrams occurring = Assert.Single(
            SkipTrigramSearch.Occurring([scores], TokenSubset.All(Vocabulary), text, 5, 8));
        ForcedTrigram[] bugs = SkipTrigramSearch.UnintendedTrigrams(occurring, scores, text, 10);
        Assert.Equal(
            [new SkipTrigram(1, 2, 5), new SkipTrigram(1, 4, 3)], bugs.Select(
                bug => bug.Scored.Trigram));
        Assert.Equal((3, 4), (bugs[0].KnownOut, bugs[0].KnownDestination));
        Assert.Equal(6, bugs[0].Scored.Strength, 1e-5);

        static Tensor<float> AsWeight(Tensor<float> column) => column;
        static Tensor<float> Identity()
        {
            Tensor<float> identity = Tensor.Zeros<float>([Vocabulary, Vocabulary]);
            for (int i = 0; i < Vocabulary; i++)
            {
                identity[i, i] = 1;
            }

            return identity;
        }
    }

    [Fact]
    public void Json_has_the_fields_that_the_page_reads()
    {
        var table = new SkipTrigramTable(
            "0.0", [new SkipTrigramRow(1, 2, 3, 4, 5, 6, 7, 8, null, false, true, [9, 10])], 11,
            12, 13, 14);
        using var json = JsonDocument.Parse(
            JsonSerializer.Serialize(table, InterpJson.Default.SkipTrigramTable));
        Assert.Equal("skip-trigrams", json.RootElement.GetProperty("kind").GetString());
        Assert.Equal(
            [
                "source", "destination", "out", "score", "effect", "count", "heldOut", "loss",
                "lossZero", "copy",
                "bug", "because",
            ],
            json.RootElement.GetProperty("rows")[0].EnumerateObject().Select(field => field.Name));
        var copying = new Copying(
            "1.2", [[0.5, -1]], 0.25, new RandomSpectrum(0, 0.1, 2, 100),
            new CopyingAmong(3, 0.25, 0, 0, 0), null);
        using var spectrum = JsonDocument.Parse(
            JsonSerializer.Serialize(copying, InterpJson.Default.Copying));
        Assert.Equal(
            2, spectrum.RootElement.GetProperty("baseline").GetProperty("radius").GetDouble());
        Assert.Equal(-1, spectrum.RootElement.GetProperty("eigenvalues")[0][1].GetDouble());
        Assert.Equal("1.2", spectrum.RootElement.GetProperty("head").GetString());
    }
}
