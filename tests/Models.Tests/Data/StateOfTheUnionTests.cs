using Vitrine.Models.Data;

namespace Vitrine.Models.Tests.Data;

public class StateOfTheUnionTests
{
    private static readonly Corpus Speeches = Corpus.StateOfTheUnion();

    [Fact]
    public void CountsAreTheStatedOnes()
    {
        Assert.Equal(233, Speeches.Documents.Count);
        Assert.Equal(214, Speeches.TrainDocuments.Count);
        Assert.Equal(19, Speeches.HeldOutDocuments.Count);
        Assert.Equal(1_906_500, Speeches.Train.Length);
        Assert.Equal(167_788, Speeches.HeldOut.Length);
        var types = new HashSet<int>();
        foreach (int id in Speeches.Train)
        {
            types.Add(id);
        }

        foreach (int id in Speeches.HeldOut)
        {
            types.Add(id);
        }

        Assert.Equal(25_139, types.Count);
        Assert.Equal(1_906_500 - 214, Speeches.TrainPairs.Count());
        Assert.Equal(167_788 - 19, Speeches.HeldOutPairs.Count());
    }

    [Fact]
    public void EverySpeechDecodesToItsLine()
    {
        string[] lines = File.ReadAllLines(Repository.Shared("data/state-of-the-union.txt"));
        lines = [.. lines.Where(line => line.Length > 0)];
        Assert.Equal(lines.Length, Speeches.Documents.Count);
        for (int i = 0; i < lines.Length; i++)
        {
            Document document = Speeches.Documents[i];
            ReadOnlySpan<int> tokens = Speeches.Tokens(document);
            Assert.Equal(i % 12 == 5, document.IsHeldOut);
            Assert.Equal(50256, tokens[0]);
            Assert.Equal(lines[i], Speeches.Tokenizer.Decode(tokens[1..]));
        }
    }

    [Fact]
    public void PairsStayInsideSpeeches()
    {
        int ends = 0;
        int beginnings = 0;
        foreach ((int previous, int next) in Speeches.HeldOutPairs)
        {
            ends += next == 50256 ? 1 : 0;
            beginnings += previous == 50256 ? 1 : 0;
        }

        Assert.Equal(0, ends);
        Assert.Equal(19, beginnings);
    }
}
