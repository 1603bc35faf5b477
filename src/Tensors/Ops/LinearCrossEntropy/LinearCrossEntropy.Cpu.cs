namespace Vitrine.Tensors;

public static unsafe partial class Ops
{
    private const int TokensPerBlock = 128;

    private static void LinearCrossEntropyCpu(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets,
        Tensor<float> losses, Tensor<float> logSumExp)
    {
        for (int start = 0; start < x.Shape[0]; start += TokensPerBlock)
        {
            int count = Math.Min(TokensPerBlock, x.Shape[0] - start);
            using Tensor<float> logits = LogitBlock(x, weight, bias, start, count);
            int vocab = weight.Shape[1];
            for (int i = 0; i < count; i++)
            {
                float* row = logits.Pointer + ((long)i * vocab);
                float maximum = float.NegativeInfinity;
                for (int v = 0; v < vocab; v++)
                {
                    maximum = MathF.Max(maximum, row[v]);
                }

                double sum = 0;
                for (int v = 0; v < vocab; v++)
                {
                    sum += MathF.Exp(row[v] - maximum);
                }

                float total = maximum + (float)Math.Log(sum);
                logSumExp.Pointer[start + i] = total;
                losses.Pointer[start + i] =
                    total - row[targets.Pointer[(start + i) * targets.Strides[0]]];
            }
        }
    }

    private static void LinearCrossEntropyBackwardCpu(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, Tensor<int> targets,
        Tensor<float> logSumExp, Tensor<float> dLoss,
        Tensor<float>? dX, Tensor<float>? dWeight, Tensor<float>? dBias)
    {
        for (int start = 0; start < x.Shape[0]; start += TokensPerBlock)
        {
            int count = Math.Min(TokensPerBlock, x.Shape[0] - start);
            using Tensor<float> logits = LogitBlock(x, weight, bias, start, count);
            int vocab = weight.Shape[1];
            for (int i = 0; i < count; i++)
            {
                float* row = logits.Pointer + ((long)i * vocab);
                float d = dLoss.Pointer[(start + i) * dLoss.Strides[0]];
                float total = logSumExp.Pointer[(start + i) * logSumExp.Strides[0]];
                for (int v = 0; v < vocab; v++)
                {
                    row[v] = d * MathF.Exp(row[v] - total);
                }

                row[targets.Pointer[(start + i) * targets.Strides[0]]] -= d;
                for (int v = 0; dBias is not null && v < vocab; v++)
                {
                    dBias.Pointer[v * dBias.Strides[0]] += row[v];
                }
            }

            if (dX is not null)
            {
                MatMul(logits, weight.Transpose(), 1, dX.Slice(0, start, count), accumulate: true);
            }

            if (dWeight is not null)
            {
                MatMul(x.Slice(0, start, count).Transpose(), logits, 1, dWeight, accumulate: true);
            }
        }
    }

    private static Tensor<float> LogitBlock(
        Tensor<float> x, Tensor<float> weight, Tensor<float>? bias, int start, int count)
    {
        Tensor<float> logits = Tensor.Empty<float>([count, weight.Shape[1]]);
        if (bias is not null)
        {
            logits.CopyFrom(bias);
        }

        return MatMul(x.Slice(0, start, count), weight, 1, logits, accumulate: bias is not null);
    }
}
