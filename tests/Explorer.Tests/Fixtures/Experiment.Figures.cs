using Vitrine.Interp.Embeddings;
using Vitrine.Interp.Losses;

namespace Vitrine.Explorer.Tests.Fixtures;

/// <content>Maps and losses.</content>
internal static partial class Experiment
{
    /// <summary>Losses whose model stands where the three numbers say.</summary>
    public static LossComparison Losses(double heldOut, double unigram, double bigram)
    {
        LossEstimate At(double value, double half = 0.05) =>
            new(value, value - half, value + half, 158_333, 19);
        return new LossComparison(
            At(heldOut - 0.2),
            At(heldOut),
            At(unigram - 0.1),
            At(unigram),
            At(bigram - 0.8),
            At(bigram),
            At(heldOut - bigram, 0.01));
    }

    private static EmbeddingMap Map(
        Random random,
        TokenVocabulary vocabulary,
        int[] ids,
        string method,
        string matrix)
    {
        float[] x = new float[ids.Length];
        float[] y = new float[ids.Length];
        for (int i = 0; i < ids.Length; i++)
        {
            double angle = ((int)vocabulary.Classes[ids[i]] * 0.9) + (ids[i] % 5 * 0.12);
            double reach = 6 + (ids[i] % 5);
            x[i] = (float)((reach * Math.Cos(angle) * 1.5) + Normal(random));
            y[i] = (float)((reach * Math.Sin(angle)) + Normal(random));
        }

        return method == "PCA"
            ? new EmbeddingMap(method, matrix, ids, x, y) { ExplainedVariance = [0.082, 0.041] }
            : new EmbeddingMap(method, matrix, ids, x, y)
            {
                Divergence = 1.62,
                Perplexity = 30,
                Seed = 10,
            };
    }

    private static LossHistory Loss(Random random)
    {
        int[] steps = [.. Enumerable.Range(0, 181).Select(i => i * 5)];
        double At(int step) =>
            5.05 + (5.8 * Math.Exp(-step / 70.0)) + (0.1 * Math.Exp(-step / 400.0));
        int[] kept = [0, 10, 25, 50, 100, 200, 300, 400, 500, 600, 700, 800, 900];
        return new LossHistory(
            steps,
            [.. steps.Select(step => At(step) + (0.06 * Normal(random)))],
            [
                .. kept.Select(step =>
                    step < 900
                        ? new HeldOutPoint(step, At(step) + 0.07)
                        : new HeldOutPoint(step, 5.12, 5.07, 5.17)),
            ],
            [new ReferenceLoss("unigram", 6.71), new ReferenceLoss("bigram, Kneser–Ney", 5.04)],
            kept);
    }
}
